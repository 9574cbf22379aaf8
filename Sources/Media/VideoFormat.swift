internal import CFFmpeg
public import KeyreelCore
internal import SystemPackage

/// The format of a video stream, from the file's header alone.
public struct VideoFormat: Hashable, Sendable {
  /// Length of a stream's tick as a fraction of a second.
  public struct Tick: Hashable, Sendable {
    /// Seconds in `denominator` ticks.
    public var numerator: Int
    /// Ticks in `numerator` seconds.
    public var denominator: Int
  }

  /// libav's name of the codec, `h264`.
  public let codec: String
  /// Coded picture size, before rotation; zero when only decoding tells.
  public let size: PixelSize
  /// What the header calls the rate; `nil` when it does not say.
  public let frameRate: FrameRate?
  /// Length of one tick.
  public let tick: Tick
  /// Quarter turns clockwise in which the picture is to be shown, 0…3.
  public let quarterTurns: Int
  /// Whether the picture is to be mirrored left to right before it is turned.
  public let isMirrored: Bool
  /// Shape of a sample, `(1, 1)` when square, not told or absurd.
  public let sampleShape: Tick
  /// What the container says of its colours.
  public let colors: ColorTags
  /// H.264's parameter sets; `nil` for other codecs or when they stand in the packets alone.
  public let configuration: AVCConfiguration?

  init(of input: InputFile, stream index: Int) throws {
    let stream = input.stream(index)
    guard let parameters = stream.pointee.codecpar?.pointee else {
      throw LibavError.error(avx_error_invalid_data, "reading the streams", file: input.path.string)
    }
    codec = String(cString: avcodec_get_name(parameters.codec_id))
    size = PixelSize(width: Int(parameters.width), height: Int(parameters.height))
    let rate =
      stream.pointee.avg_frame_rate.num > 0
      ? stream.pointee.avg_frame_rate : stream.pointee.r_frame_rate
    frameRate = FrameRate(Int(rate.num), Int(rate.den))
    tick = Tick(
      numerator: Int(stream.pointee.time_base.num), denominator: Int(stream.pointee.time_base.den))
    sampleShape = Self.believableShape(
      stream.pointee.sample_aspect_ratio.num > 0
        ? stream.pointee.sample_aspect_ratio : parameters.sample_aspect_ratio)
    (quarterTurns, isMirrored) = Self.turns(of: stream)
    colors = ColorTags(parameters)
    let count = Int(parameters.extradata_size)
    let extradata = parameters.extradata.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
    configuration =
      parameters.codec_id == AV_CODEC_ID_H264
      ? extradata.flatMap(AVCConfiguration.init(extradata:)) : nil
  }

  /// Upright pictures with square samples.
  static let square = VideoFormat()

  private init() {
    codec = ""
    size = PixelSize(width: 0, height: 0)
    frameRate = nil
    tick = Tick(numerator: 1, denominator: 1)
    quarterTurns = 0
    isMirrored = false
    sampleShape = tick
    colors = .none
    configuration = nil
  }

  /// Why pictures of the stream cannot stand in an H.264 film of `size` untouched; `nil` when they can.
  ///
  /// Untagged colour counts as BT.709 limited, which the film's own tags then say.
  public func obstacleToCopying(intoFilmOf size: PixelSize) -> String? {
    if codec != "h264" { return "its codec is \(codec)" }
    if self.size != size { return "its pictures are \(self.size)" }
    if quarterTurns != 0 || isMirrored { return "its pictures are turned" }
    if sampleShape.numerator != sampleShape.denominator { return "its pixels are not square" }
    guard let configuration, configuration.lengthSize == 4, configuration.hasRoom else {
      return "its parameter sets do not fit into a film's header"
    }
    for bytes in configuration.sequenceSets {
      guard let set = SequenceParameterSet(bytes) else { return "its parameter sets are damaged" }
      if let obstacle = set.obstacleToCopying { return obstacle }
    }
    return colors.deviation
  }

  /// What of its colours is not as every clip's is planned, BT.709 limited; `nil` when all is.
  ///
  /// The stream's own word counts more than the container's; untagged colour counts as planned.
  public var colorDeviation: String? {
    for bytes in configuration?.sequenceSets ?? [] {
      if let deviation = SequenceParameterSet(bytes)?.colorDeviation { return deviation }
    }
    return colors.deviation
  }

  /// A sample's shape; beyond four to one it is a mistake of the file, which players ignore as well.
  static func believableShape(_ shape: AVRational) -> Tick {
    let (wide, high) = (Int(shape.num), Int(shape.den))
    guard wide > 0, high > 0, wide <= 4 * high, high <= 4 * wide else {
      return Tick(numerator: 1, denominator: 1)
    }
    return Tick(numerator: wide, denominator: high)
  }

  /// The EXIF orientation, 1…8, that says the same as the stream's display matrix.
  static func orientation(of stream: UnsafeMutablePointer<AVStream>) -> Int {
    let (quarters, isMirrored) = turns(of: stream)
    return (isMirrored ? [2, 7, 4, 5] : [1, 6, 3, 8])[quarters]
  }

  /// How the stream's display matrix turns the picture; odd angles go to the nearest quarter.
  private static func turns(of stream: UnsafeMutablePointer<AVStream>) -> (Int, Bool) {
    guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, nil) else {
      return (0, false)
    }
    var matrix = data.withMemoryRebound(to: Int32.self, capacity: 9) {
      Array(UnsafeBufferPointer(start: $0, count: 9))
    }
    // A negative determinant: mirrored. Mirrored back, the rest is a turn.
    let isMirrored =
      Int64(matrix[0]) * Int64(matrix[4]) < Int64(matrix[1]) * Int64(matrix[3])
    if isMirrored { for index in 0..<2 { matrix[index] = 0 &- matrix[index] } }
    let angle = av_display_rotation_get(matrix)
    guard angle.isFinite else { return (0, isMirrored) }
    // libav's angle is counter-clockwise.
    let quarters = Int((-angle / 90).rounded())
    return ((quarters % 4 + 4) % 4, isMirrored)
  }
}
