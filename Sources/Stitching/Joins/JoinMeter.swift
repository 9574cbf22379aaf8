internal import KeyreelCore

/// Frames on one side of a join, in film order.
struct JoinSide {
  /// Each frame's traits.
  var traits: [FrameTraits] = []
  /// Motion from each frame to the next: one fewer.
  var motions: [Double] = []
}

/// Works out a join's figures from the frames on both sides of it.
struct JoinMeter {
  /// Frames that are looked at on either side.
  static let reach = 24
  /// Frames of either side that a step of light is worked out from.
  private static let fit = 6

  private let before: JoinSide
  private let after: JoinSide
  private let across: Double
  private let keyframe: PictureSketch?
  private let isFlowing: Bool

  /// A meter of the frames directly `before` and from the join on, and the motion `across` it.
  init(
    before: JoinSide, after: JoinSide, across: Double, keyframe: PictureSketch?, kind: JoinKind
  ) {
    self.before = before
    self.after = after
    self.across = across
    self.keyframe = keyframe
    isFlowing = kind == .chained
  }

  var figures: JoinFigures {
    var figures = JoinFigures()
    guard let last = before.traits.last, let first = after.traits.first else { return figures }
    figures.motionAcross = rounded(across)
    addMotion(to: &figures)
    addSteps(to: &figures)
    figures.sharpnessStep = rounded(Self.sharpnessStep(before.traits[...], after.traits[...]))
    figures.sharpnessMotion = rounded(
      insideSplits(4).map { abs(Self.sharpnessStep($0, $1)) }.max() ?? 0)
    if let keyframe { figures.keyframe = distance(last.sketch, first.sketch, keyframe) }
    return figures
  }

  private func addMotion(to figures: inout JoinFigures) {
    let (left, right) = (before.motions, after.motions)
    let (usualLeft, usualRight) = (Self.usual(left.reversed()), Self.usual(right))
    figures.motionBefore = rounded(usualLeft)
    figures.motionAfter = rounded(usualRight)
    guard isFlowing else { return }
    let usual = min(usualLeft, usualRight)
    let (lostLeft, lostRight) = (
      Self.lost(left.reversed(), of: usualLeft), Self.lost(right, of: usualRight)
    )
    figures.stillBefore = Self.still(left.reversed(), of: usualLeft)
    figures.stillAfter = Self.still(right, of: usualRight)
    let equal = JoinRules.equalPart * usual
    figures.equalBefore = left.reversed().prefix { $0 < equal }.count
    figures.equalAfter = right.prefix { $0 < equal }.count
    figures.duplicates =
      figures.equalBefore + figures.equalAfter + (isDoubledAcross(usualLeft, usualRight) ? 1 : 0)
    figures.stall = rounded(
      lostLeft + lostRight + (usual > 0 ? max(0, 1 - figures.motionAcross / usual) : 0))
  }

  /// Whether the last frame before the join is shown again behind it.
  ///
  /// Two encodings of one picture differ by more than two frames of one clip do. So a step across that is
  /// merely small counts as well, where both clips are at full speed right beside it: nothing that moves
  /// stops for one frame.
  private func isDoubledAcross(_ usualLeft: Double, _ usualRight: Double) -> Bool {
    let usual = min(usualLeft, usualRight)
    guard usual > 0 else { return false }
    if across < JoinRules.equalPart * usual { return true }
    guard let left = before.motions.last, let right = after.motions.first else { return false }
    return across < JoinRules.slowPart * usual && left >= JoinRules.fullPart * usualLeft
      && right >= JoinRules.fullPart * usualRight
  }

  /// The upper median away from the join, where a stall around the keyframe does not reach.
  private static func usual(_ motions: [Double]) -> Double {
    let far = motions.count > 12 ? Array(motions.dropFirst(8)) : motions
    let sorted = far.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  /// Steps of the slow row that begins at the join, up to the last on which the picture stands still.
  ///
  /// What creeps moves by a pixel now and then. Where the row is left out, so is the motion in it: a row
  /// that moves farther than a viewer would see at the join is not counted to its end.
  private static func still(_ motions: [Double], of usual: Double) -> Int {
    var (count, moved) = (0, 0.0)
    for (index, motion) in motions.enumerated() {
      moved += motion
      guard motion < JoinRules.slowPart * usual, moved <= JoinRules.mostCrept * usual else { break }
      if motion < JoinRules.stillPart * usual { count = index + 1 }
    }
    return count
  }

  /// Missing motion in the unbroken row of slow steps that begins at the join.
  private static func lost(_ motions: [Double], of usual: Double) -> Double {
    guard usual > 0 else { return 0 }
    return motions.prefix { $0 < JoinRules.slowPart * usual }.reduce(0) { $0 + 1 - $1 / usual }
  }

  private func addSteps(to figures: inout JoinFigures) {
    let step = LightStep(before.traits[...], after.traits[...], reach: Self.fit)
    let inside = insideSplits(Self.fit).map { LightStep($0, $1, reach: Self.fit) }
    figures.lumaStep = rounded(step.luma)
    figures.lumaMotion = rounded(inside.map { abs($0.luma) }.max() ?? 0)
    figures.chromaStep = rounded(step.chroma)
    figures.chromaMotion = rounded(inside.map(\.chroma).max() ?? 0)
  }

  /// Every place inside the two sides at which there are `reach` frames on either hand.
  private func insideSplits(
    _ reach: Int
  ) -> [(ArraySlice<FrameTraits>, ArraySlice<FrameTraits>)] {
    [before.traits, after.traits].flatMap {
      side -> [(ArraySlice<FrameTraits>, ArraySlice<FrameTraits>)] in
      guard side.count >= 2 * reach else { return [] }
      return (reach...side.count - reach).map { (side[..<$0], side[$0...]) }
    }
  }

  private static func sharpnessStep(
    _ left: ArraySlice<FrameTraits>, _ right: ArraySlice<FrameTraits>
  ) -> Double {
    func median(_ frames: ArraySlice<FrameTraits>) -> Double {
      frames.map(\.sharpness).sorted()[frames.count / 2]
    }
    guard !left.isEmpty, !right.isEmpty else { return 0 }
    let (before, after) = (median(left.suffix(4)), median(right.prefix(4)))
    // A picture without any edges is neither sharp nor soft.
    return before > 0.1 && after > 0.1 ? Self.binaryLogarithm(after / before) : 0
  }

  private static func binaryLogarithm(_ value: Double) -> Double {
    // Repeated squaring: sixteen binary places are more than enough, and no library is needed.
    var (rest, whole) = (value.significand, Double(value.exponent))
    var place = 0.5
    for _ in 0..<16 {
      rest *= rest
      if rest >= 2 {
        rest /= 2
        whole += place
      }
      place /= 2
    }
    return whole
  }

  private func distance(
    _ last: PictureSketch, _ first: PictureSketch, _ keyframe: PictureSketch
  ) -> JoinFigures.KeyframeDistance {
    func chroma(_ picture: PictureSketch) -> Double {
      max(
        abs(picture.color.blue - keyframe.color.blue), abs(picture.color.red - keyframe.color.red))
    }
    return JoinFigures.KeyframeDistance(
      lumaBefore: rounded(last.light - keyframe.light),
      lumaAfter: rounded(first.light - keyframe.light),
      chromaBefore: rounded(chroma(last)), chromaAfter: rounded(chroma(first)),
      shape: rounded(first.shape(against: keyframe)))
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
