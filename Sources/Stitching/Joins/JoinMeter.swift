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
    figures.stillBefore = Self.still(left.reversed(), below: JoinRules.stillPart * usualLeft)
    figures.stillAfter = Self.still(right, below: JoinRules.stillPart * usualRight)
    let equal = JoinRules.equalPart * usual
    figures.equalBefore = Self.still(left.reversed(), below: equal)
    figures.equalAfter = Self.still(right, below: equal)
    figures.duplicates =
      figures.equalBefore + figures.equalAfter
      + (usual > 0 && figures.motionAcross < equal ? 1 : 0)
    let lost =
      Self.lost(left.reversed(), of: usualLeft) + Self.lost(right, of: usualRight)
      + (usual > 0 ? max(0, 1 - figures.motionAcross / usual) : 0)
    figures.stall = rounded(lost)
  }

  /// The upper median away from the join, where a stall around the keyframe does not reach.
  private static func usual(_ motions: [Double]) -> Double {
    let far = motions.count > 12 ? Array(motions.dropFirst(8)) : motions
    let sorted = far.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  private static func still(_ motions: [Double], below limit: Double) -> Int {
    motions.prefix { $0 < limit }.count
  }

  /// Missing motion in the unbroken row of slow steps that begins at the join.
  private static func lost(_ motions: [Double], of usual: Double) -> Double {
    guard usual > 0 else { return 0 }
    return motions.prefix { $0 < usual / 2 }.reduce(0) { $0 + 1 - $1 / usual }
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
    let light = first.light - keyframe.light
    let shape = zip(first.luma, keyframe.luma).map { abs($0 - $1 - light) }.reduce(0, +)
    return JoinFigures.KeyframeDistance(
      lumaBefore: rounded(last.light - keyframe.light), lumaAfter: rounded(light),
      chromaBefore: rounded(chroma(last)), chromaAfter: rounded(chroma(first)),
      shape: rounded(shape / Double(first.luma.count)))
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
