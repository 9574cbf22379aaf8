/// What was measured on the frames around a join.
///
/// Levels are steps of 8-bit samples as they are coded (luma 16…235); motion is the mean difference of
/// neighbouring frames in the tenth of the picture that changes most. Rounded to thousandths, so that
/// the same frames give the same text.
public struct JoinFigures: Hashable, Sendable, Codable {
  /// Median motion from frame to frame in the clip before.
  public var motionBefore: Double
  /// Motion from the last frame before the join to the first one behind it.
  public var motionAcross: Double
  /// Median motion from frame to frame in the clip behind.
  public var motionAfter: Double
  /// Frames directly before the join on which the picture stands still.
  public var stillBefore: Int
  /// Frames directly behind the join on which the picture stands still.
  public var stillAfter: Int
  /// Pairs of equal neighbours directly before the join.
  public var equalBefore: Int
  /// Pairs of equal neighbours directly behind the join.
  public var equalAfter: Int
  /// Pairs of equal neighbours around the join, its own counted.
  public var duplicates: Int
  /// Frames' worth of motion that is missing around the join.
  public var stall: Double
  /// Step of the mean luma that the motion does not explain, signed: brighter behind is positive.
  public var lumaStep: Double
  /// The largest such step inside the two clips.
  public var lumaMotion: Double
  /// Step of the colour differences, root of the mean square over parts of the picture.
  public var chromaStep: Double
  /// The largest such step inside the two clips.
  public var chromaMotion: Double
  /// Doublings of sharpness from before to behind; negative when it gets softer.
  public var sharpnessStep: Double
  /// The largest such change inside the two clips.
  public var sharpnessMotion: Double
  /// How far the clips' frames nearest to the keyframe are from it; `nil` without a keyframe.
  public var keyframe: KeyframeDistance?

  /// How far the frames beside a join are from the authored keyframe.
  public struct KeyframeDistance: Hashable, Sendable, Codable {
    /// Mean luma of the last frame before the join, less the keyframe's.
    public var lumaBefore: Double
    /// Mean luma of the first frame behind the join, less the keyframe's.
    public var lumaAfter: Double
    /// Largest difference in either colour difference's mean, before.
    public var chromaBefore: Double
    /// Largest difference in either colour difference's mean, behind.
    public var chromaAfter: Double
    /// Mean difference of parts of the picture from the keyframe's, their overall step left out.
    public var shape: Double

    /// The largest distance in light or colours, on either side.
    public var farthest: Double {
      max(lumaBefore.magnitude, lumaAfter.magnitude, chromaBefore, chromaAfter)
    }

    /// Distances in steps of 8-bit samples.
    public init(
      lumaBefore: Double, lumaAfter: Double, chromaBefore: Double, chromaAfter: Double,
      shape: Double
    ) {
      self.lumaBefore = lumaBefore
      self.lumaAfter = lumaAfter
      self.chromaBefore = chromaBefore
      self.chromaAfter = chromaAfter
      self.shape = shape
    }

    enum CodingKeys: String, CodingKey {
      case lumaBefore = "luma_before"
      case lumaAfter = "luma_after"
      case chromaBefore = "chroma_before"
      case chromaAfter = "chroma_after"
      case shape
    }
  }

  /// Figures of a join at which nothing was measured yet.
  public init() {
    (motionBefore, motionAcross, motionAfter) = (0, 0, 0)
    (stillBefore, stillAfter, equalBefore, equalAfter, duplicates, stall) = (0, 0, 0, 0, 0, 0)
    (lumaStep, lumaMotion, chromaStep, chromaMotion) = (0, 0, 0, 0)
    (sharpnessStep, sharpnessMotion) = (0, 0)
  }

  enum CodingKeys: String, CodingKey {
    case motionBefore = "motion_before"
    case motionAcross = "motion_across"
    case motionAfter = "motion_after"
    case stillBefore = "still_before"
    case stillAfter = "still_after"
    case equalBefore = "equal_before"
    case equalAfter = "equal_after"
    case duplicates
    case stall
    case lumaStep = "luma_step"
    case lumaMotion = "luma_motion"
    case chromaStep = "chroma_step"
    case chromaMotion = "chroma_motion"
    case sharpnessStep = "sharpness_step"
    case sharpnessMotion = "sharpness_motion"
    case keyframe
  }
}
