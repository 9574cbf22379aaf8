/// What joins are measured by, of one frame.
public struct FrameTraits: Hashable, Sendable {
  /// Light and colours of the frame's parts.
  public var sketch: PictureSketch
  /// Mean difference of luma from the mean of its four neighbours, in 8-bit steps.
  public var sharpness: Double

  /// The traits of a frame.
  public init(sketch: PictureSketch, sharpness: Double) {
    self.sketch = sketch
    self.sharpness = sharpness
  }
}

/// What the first and the last frames of a clip show, measured while it was inspected.
///
/// Joins are judged by these, so that a film's joins cost no decoding. They follow from the clip's bytes
/// alone and may be thrown away at will: then the frames around its joins are decoded.
public struct ClipEdges: Hashable, Sendable {
  /// Frames that are kept of either end: those that a join looks at, and the one that it leaves out.
  public static let reach = 25

  /// Frames that follow one another.
  public struct Run: Hashable, Sendable {
    /// 0-based picture of the first of them.
    public var start: Int
    /// The frames' traits.
    public var traits: [FrameTraits]
    /// Motion from each to the next: one fewer.
    public var motions: [Double]

    /// Frames from picture `start` on.
    public init(start: Int, traits: [FrameTraits] = [], motions: [Double] = []) {
      self.start = start
      self.traits = traits
      self.motions = motions
    }
  }

  /// The clip's size, upright.
  public var size: PixelSize
  /// Its frames.
  public var frames: Int
  /// The frames from the first on.
  public var head: Run
  /// The frames up to the last.
  public var tail: Run
  /// Some pictures, small: the first, the one before the last, and the one before ``pictures``.
  public var smalls: [Int: SmallPicture]
  /// Pictures that cannot be copied when the last one is left out and that are far from a key frame,
  /// in a form without loss.
  public var pictures: [Int: [UInt8]]

  /// The edges of a clip of `frames` frames.
  public init(
    size: PixelSize, frames: Int, head: Run, tail: Run, smalls: [Int: SmallPicture],
    pictures: [Int: [UInt8]] = [:]
  ) {
    self.size = size
    self.frames = frames
    self.head = head
    self.tail = tail
    self.smalls = smalls
    self.pictures = pictures
  }

  /// The traits of 0-based `picture`; `nil` away from the ends.
  public func traits(of picture: Int) -> FrameTraits? {
    run(picture).map { $0.traits[picture - $0.start] }
  }

  /// The motion from 0-based `picture` to the next one; `nil` away from the ends.
  public func motion(from picture: Int) -> Double? {
    [head, tail].first { $0.motions.indices.contains(picture - $0.start) }
      .map { $0.motions[picture - $0.start] }
  }

  private func run(_ picture: Int) -> Run? {
    [head, tail].first { $0.traits.indices.contains(picture - $0.start) }
  }
}
