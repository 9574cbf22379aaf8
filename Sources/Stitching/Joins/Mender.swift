internal import KeyreelCore
internal import Media

/// Chooses what is done about each join, by its verdict and by what the author allows.
struct Mender {
  /// Pictures over which one left-out picture's time is spread.
  private static let spread = 8
  /// Pictures that are made anew before a jump: one for each frame's worth of motion in it.
  private static let bridge = 5...12

  let mending: JoinMending
  let survey: JoinSurvey

  /// What changes in which piece, and what is done at each join.
  struct Plan {
    var touches: [Int: PieceTouch] = [:]
    /// Remedies by the join's place in film order.
    var remedies: [Int: [JoinRemedy]] = [:]
  }

  func plan(for verdicts: [JoinVerdict], _ token: CancellationToken) throws -> Plan {
    var plan = Plan()
    guard mending != .off else { return plan }
    for (join, verdict) in verdicts.enumerated() where !verdict.isClean {
      try token.check()
      var remedies = retime(join, verdict, &plan)
      if verdict.faults.contains(.jump), mending.allows(.blend), remedies.isEmpty,
        try !isLight(join), bridge(join, verdict.figures, &plan)
      {
        remedies.append(.blend)
      }
      if !remedies.isEmpty { plan.remedies[join] = remedies }
    }
    for join in try color(verdicts, &plan, token) {
      plan.remedies[join, default: []].append(.color)
    }
    return plan
  }

  // MARK: Time

  private func retime(_ join: Int, _ verdict: JoinVerdict, _ plan: inout Plan) -> [JoinRemedy] {
    let figures = verdict.figures
    let isStalled = verdict.faults.contains(.stall) && mending.allows(.trim)
    let isDoubled = verdict.faults.contains(.duplicate) && mending.allows(.drop)
    guard isStalled || isDoubled else { return [] }
    let usual = min(figures.motionBefore, figures.motionAfter)
    // Beside a stall a slow step across is a part of it.
    let isStillAcross =
      isStalled
      ? figures.motionAcross < JoinRules.slowPart * usual
      : figures.duplicates > figures.equalBefore + figures.equalAfter
    let before =
      (isStalled ? figures.stillBefore : figures.equalBefore) + (isStillAcross ? 1 : 0)
    let after = isStalled ? figures.stillAfter : figures.equalAfter
    let sides = survey.timeline.sides(of: join)
    let tail = retiming(before, of: sides.before)
    let head = retiming(after, of: sides.after)
    if let tail { touch(sides.before, &plan) { $0.tail = tail } }
    if let head { touch(sides.after, &plan) { $0.head = head } }
    guard tail != nil || head != nil else { return [] }
    return isDoubled && isStalled ? [.drop, .trim] : [isStalled ? .trim : .drop]
  }

  /// Room for spreading at one end of a piece; `nil` when nothing is left out or the piece is too short.
  private func retiming(_ count: Int, of piece: Int) -> PieceTouch.Retiming? {
    let room = survey.timeline.untouched(piece).count / 2
    let over = min(room, max(12, count * Self.spread))
    guard count > 0, over >= 2 * count + 2 else { return nil }
    return PieceTouch.Retiming(left: count, over: over)
  }

  private func bridge(_ join: Int, _ figures: JoinFigures, _ plan: inout Plan) -> Bool {
    let room = survey.timeline.untouched(join).count / 2
    // A clip that is a loop by itself is read forwards only.
    guard room >= Self.bridge.lowerBound, survey.timeline.sides(of: join).after != join else {
      return false
    }
    let usual = max(JoinRules.leastMotion, figures.motionBefore, figures.motionAfter)
    let worth = Int(min(figures.motionAcross / usual, Double(Self.bridge.upperBound)))
    touch(join, &plan) { $0.bridge = min(room, max(worth, Self.bridge.lowerBound)) }
    return true
  }

  /// Whether it is light and colours that jump, which are led back: there is nothing to bridge then,
  /// and pictures in between would only be softer.
  private func isLight(_ join: Int) throws -> Bool {
    let piece = survey.timeline.sides(of: join).after
    guard mending.allows(.color), let wanted = try survey.keyframe(of: piece, at: .first),
      let change = try change(of: piece, at: .first)
    else { return false }
    let mended = change.applied(to: try survey.sketch(of: 0, in: piece))
    return mended.shape(against: wanted) <= JoinRules.sameShape
  }

  private func touch(_ piece: Int, _ plan: inout Plan, _ change: (inout PieceTouch) -> Void) {
    var touch =
      plan.touches[piece] ?? PieceTouch(shown: survey.timeline.spans[piece].shown)
    change(&touch)
    plan.touches[piece] = touch
  }

  // MARK: Light and colours

  /// Leads pieces back to their keyframes at joins where they have left them; tells which joins.
  private func color(
    _ verdicts: [JoinVerdict], _ plan: inout Plan, _ token: CancellationToken
  ) throws -> [Int] {
    let faulty = verdicts.indices.filter { join in
      verdicts[join].faults.contains { [.luma, .chroma, .drift].contains($0) }
    }
    let wanted = mending.allows(.color) ? Set(faulty).union(drifting(verdicts)) : []
    var mended: Set<Int> = []
    let sides = wanted.map { (join: $0, sides: survey.timeline.sides(of: $0)) }
    for piece in Set(sides.flatMap { [$0.sides.before, $0.sides.after] }).sorted() {
      try token.check()
      let opening = sides.first { $0.sides.after == piece }?.join
      let closing = sides.first { $0.sides.before == piece }?.join
      let first = opening == nil ? nil : try change(of: piece, at: .first)
      let last = closing == nil ? nil : try change(of: piece, at: .last)
      guard first != nil || last != nil else { continue }
      let count = survey.timeline.spans[piece].pictures
      touch(piece, &plan) { $0.colors = ColorPath(first: first, last: last, count: count) }
      if let opening, first != nil { mended.insert(opening) }
      if let closing, last != nil { mended.insert(closing) }
    }
    return mended.sorted()
  }

  /// The joins of chains that drift, as far as they have left their keyframes.
  ///
  /// Where only those were mended that have left them too far, the way there would stay to be seen.
  private func drifting(_ verdicts: [JoinVerdict]) -> [Int] {
    var drifting: [Int] = []
    var chain: [Int] = []
    for join in verdicts.indices {
      if [.chained, .held].contains(verdicts[join].place.kind) { chain.append(join) }
      let isAtEnd = join == verdicts.count - 1 || chain.last != join
      guard isAtEnd else { continue }
      if chain.contains(where: { verdicts[$0].faults.contains(.drift) }) { drifting += chain }
      chain = []
    }
    return drifting.filter { join in
      guard let keyframe = verdicts[join].figures.keyframe else { return false }
      return keyframe.shape <= JoinRules.mostShape && keyframe.farthest > JoinRules.leastDrift
    }
  }

  private func change(of piece: Int, at end: ClipEnd) throws -> ColorChange? {
    guard let wanted = try survey.keyframe(of: piece, at: end) else { return nil }
    let last = survey.timeline.spans[piece].pictures - 1
    let sketch = try survey.sketch(of: end == .first ? 0 : last, in: piece)
    return ColorChange(from: sketch, to: wanted)
  }
}
