/// The thresholds from which on a join is called faulty.
///
/// Calibrated on clips with known defects and on clean ones; how, and what they found and missed,
/// stands in `docs/joins.md` and `Benchmarks/RESULTS.md`.
public enum JoinRules {
  /// Below this median motion a clip counts as standing still, and nothing is said of its motion.
  public static let leastMotion = 0.4
  /// A frame whose motion is below this part of its clip's stands still.
  public static let stillPart = 0.3
  /// Frames' worth of motion that may be left out with the frames that stand still.
  public static let mostCrept = 1.5
  /// Two frames are equal when the motion between them is below this part of their clips'.
  public static let equalPart = 0.12
  /// A step below this part of its clip's motion is slow; across the join, between steps at full speed,
  /// it is a frame shown twice.
  ///
  /// Two encodings of one picture of a pan over a photograph differ by 0.24 to 0.43 of the motion; steps
  /// across clean joins are 0.98 of the slower clip's and more.
  public static let slowPart = 0.5
  /// A step of at least this part of its clip's motion is at full speed.
  public static let fullPart = 0.8
  /// Frames' worth of missing motion from which on a viewer notices a stall.
  public static let mostStall = 2.0
  /// Motion across the join, in parts of the faster clip's, from which on the picture jumps.
  public static let mostJump = 3.0
  /// Steps of mean luma that are seen; 1/255 of white is 0.86 coded steps.
  public static let mostLuma = 1.6
  /// Steps of the colour differences that are seen.
  public static let mostChroma = 1.6
  /// A step must also be this much larger than any inside the clips.
  public static let overMotion = 2.0
  /// Doublings of sharpness that are seen.
  ///
  /// Clean joins step by up to 0.41, because encoders leave less of
  /// a clip's last pictures than of its first; photographs softened five times by 0.52 and more.
  public static let mostSharpness = 0.45
  /// Steps of mean luma or colour difference by which both sides may differ from the keyframe.
  public static let mostDrift = 4.0
  /// In a chain that drifts, joins are led back that are farther than this from their keyframe.
  public static let leastDrift = 1.0
  /// Parts of pictures may differ by this much from a keyframe's and still be called the same picture.
  public static let mostShape = 14.0
  /// A picture whose parts differ by less from the keyframe's, once its light is led back, has not moved.
  ///
  /// Clean joins differ by 0.2 to 0.34, jumps by ten pixels of a photograph by 0.43 and more.
  public static let sameShape = 0.4

  /// What a viewer would notice at a join of `kind` with these figures.
  public static func faults(of figures: JoinFigures, at kind: JoinKind) -> [JoinFault] {
    switch kind {
    case .cut, .crossfade: return []
    case .chained: return motionFaults(figures) + lightFaults(figures)
    // The film stands still on purpose there.
    case .held: return lightFaults(figures)
    }
  }

  private static func motionFaults(_ figures: JoinFigures) -> [JoinFault] {
    let (least, most) = (
      min(figures.motionBefore, figures.motionAfter), max(figures.motionBefore, figures.motionAfter)
    )
    guard least >= leastMotion else { return [] }
    var faults: [JoinFault] = []
    if figures.duplicates > 0 { faults.append(.duplicate) }
    if figures.stall >= mostStall { faults.append(.stall) }
    if figures.motionAcross > mostJump * most, figures.motionAcross > 2 * mostLuma {
      faults.append(.jump)
    }
    return faults
  }

  private static func lightFaults(_ figures: JoinFigures) -> [JoinFault] {
    var faults: [JoinFault] = []
    if abs(figures.lumaStep) > max(mostLuma, overMotion * figures.lumaMotion) {
      faults.append(.luma)
    }
    if figures.chromaStep > max(mostChroma, overMotion * figures.chromaMotion) {
      faults.append(.chroma)
    }
    if abs(figures.sharpnessStep) > max(mostSharpness, overMotion * figures.sharpnessMotion) {
      faults.append(.sharpness)
    }
    // A picture that is not the keyframe at all says nothing about its light.
    if let keyframe = figures.keyframe, keyframe.shape <= mostShape,
      keyframe.farthest > mostDrift
    {
      faults.append(.drift)
    }
    return faults
  }
}
