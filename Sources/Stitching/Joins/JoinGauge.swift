internal import KeyreelCore
internal import Media

/// Measures joins on frames of a film; decodes only those of which too little is known.
final class JoinGauge {
  private let known: KnownFrames?
  private let decode: (Int) throws -> PlanarFrame
  /// What was decoded last, by film frame: pairs of neighbours are compared.
  private var recent: [(frame: Int, profile: FrameProfile)] = []

  /// `decode` gives a film frame's pixels; it is asked for rising frames within one join.
  init(known: KnownFrames? = nil, decode: @escaping (Int) throws -> PlanarFrame) {
    self.known = known
    self.decode = decode
  }

  /// The figures at `place`; nothing is measured where two pictures are cut together on purpose.
  func figures(at place: JoinPlace) throws -> JoinFigures {
    let (left, right) = (place.framesBefore.range, place.framesAfter.range)
    guard [.chained, .held].contains(place.kind), let last = left.last, let first = right.first
    else { return JoinFigures() }
    let before = try side(left)
    let across = try small(last).motion(to: small(first))
    return JoinMeter(
      before: before, after: try side(right), across: across, keyframe: place.keyframe,
      kind: place.kind
    ).figures
  }

  private func side(_ frames: Range<Int>) throws -> JoinSide {
    var side = JoinSide()
    for frame in frames {
      if frame > frames.lowerBound { side.motions.append(try motion(to: frame)) }
      side.traits.append(try known?.traits(of: frame) ?? profile(frame).traits)
    }
    return side
  }

  private func motion(to frame: Int) throws -> Double {
    try known?.motion(from: frame - 1) ?? small(frame - 1).motion(to: small(frame))
  }

  private func small(_ frame: Int) throws -> SmallPicture {
    try known?.small(frame) ?? profile(frame).small
  }

  private func profile(_ frame: Int) throws -> FrameProfile {
    if let found = recent.first(where: { $0.frame == frame }) { return found.profile }
    let profile = FrameProfile(try decode(frame))
    recent = recent.suffix(1) + [(frame, profile)]
    return profile
  }
}
