internal import CFFmpeg
public import KeyreelCore
public import SystemPackage

/// What a video file is, without decoding it.
public struct VideoFacts: Hashable, Sendable {
  /// Picture size, upright: a rotation in the file is applied.
  public var size: PixelSize
  /// Frames per second: exact where the rate is constant, the mean otherwise.
  public var frameRate: FrameRate
  /// Whether all frames are equally far apart.
  public var isConstantRate: Bool
  /// Frames that are shown; those that an edit list hides do not count.
  public var frames: Int
  /// libav's name of the codec, `h264`.
  public var codec: String
  /// EXIF orientation that stands for the file's rotation and mirroring, 1…8.
  public var orientation: Int
  /// Whether there is a sound stream.
  public var hasSound: Bool
}

/// What a sound file is.
public struct SoundFacts: Hashable, Sendable {
  /// Samples per second.
  public var sampleRate: Int
  /// Length in samples, counted by decoding.
  public var samples: Int
  /// Number of channels.
  public var channels: Int
  /// libav's name of the codec, `pcm_s16le`.
  public var codec: String
}

/// Looks at media files: sizes, exact rates, lengths.
public enum MediaProbe {
  /// Facts of the first video stream of `path`; `name` is what messages call it.
  ///
  /// Throws for files that are no video, and for ones without a frame.
  public static func video(_ path: FilePath, name: String? = nil) throws -> VideoFacts {
    let name = name ?? path.string
    let (input, index) = try openVideo(path, name: name)
    let shown = try scan(input, stream: index)
    return try facts(of: input, stream: index, shown, name: name)
  }

  /// The file at `path` and its first video stream.
  static func openVideo(_ path: FilePath, name: String) throws -> (input: InputFile, stream: Int) {
    try requireMedia(path, name: name, wanted: "a video")
    let input = try InputFile(path)
    guard let stream = input.videoStream else {
      throw OperationError(
        .wrongKind, "\(name) has no video stream", remedy: "give a file with pictures in it")
    }
    return (input, stream)
  }

  /// Facts of the first sound stream of `path`; decodes all of it to count its samples.
  public static func sound(_ path: FilePath, name: String? = nil) throws -> SoundFacts {
    let name = name ?? path.string
    try requireMedia(path, name: name, wanted: "a sound file")
    let input = try InputFile(path)
    guard let index = input.audioStream else {
      throw OperationError(
        .wrongKind, "\(name) has no sound in it", remedy: "give a WAV, MP3, M4A, Ogg or FLAC file")
    }
    input.keepOnly([index])
    // Not strict: players skip a broken frame of music, and so does the muxing of it.
    let decoder = try Decoder(input, stream: index, strict: false)
    let (packet, frame) = (try Packet(), try LibavFrame())
    var samples = 0
    func count(_ frame: LibavFrame) { samples += Int(frame.pointer.pointee.nb_samples) }
    while try input.read(into: packet) {
      if packet.stream == index {
        try decoder.decodeWhatIsWhole(packet, into: frame, count)
      }
    }
    try decoder.decodeWhatIsWhole(nil, into: frame, count)
    let context = decoder.context.pointee
    guard samples > 0, context.sample_rate > 0 else {
      throw MediaFailure.damaged(name, "no sound decodes from it")
    }
    return SoundFacts(
      sampleRate: Int(context.sample_rate), samples: samples,
      channels: Int(context.ch_layout.nb_channels), codec: codecName(context.codec_id))
  }

  static func facts(of input: InputFile, stream index: Int, _ shown: ShownFrames, name: String)
    throws -> VideoFacts
  {
    guard !shown.isDamaged else {
      throw MediaFailure.cutShort(name, "the last picture is not all there")
    }
    guard shown.packets > 0, let parameters = input.stream(index).pointee.codecpar else {
      throw MediaFailure.damaged(name, "there is no picture in the video stream")
    }
    guard !shown.isAbsurd else {
      throw MediaFailure.damaged(name, "the times of its frames make no sense")
    }
    let stream = input.stream(index).pointee
    let isKnown = stream.avg_frame_rate.num > 0
    let guess = isKnown ? stream.avg_frame_rate : stream.r_frame_rate
    let constant =
      shown.lacksTimes ? nil : shown.constantRate(ticks: stream.time_base, guess: guess)
    guard let rate = constant ?? FrameRate(Int(guess.num), Int(guess.den)) else {
      throw MediaFailure.damaged(name, "its frame rate cannot be told")
    }
    guard isBelievable(rate) else {
      throw MediaFailure.damaged(name, "its frame rate, \(rate) a second, makes no sense")
    }
    let stored = PixelSize(
      width: Int(parameters.pointee.width), height: Int(parameters.pointee.height))
    guard stored.width > 0, stored.height > 0 else {
      throw MediaFailure.damaged(name, "its picture size cannot be told")
    }
    let orientation = VideoFormat.orientation(of: input.stream(index))
    return VideoFacts(
      size: orientation > 4 ? PixelSize(width: stored.height, height: stored.width) : stored,
      frameRate: rate, isConstantRate: constant != nil,
      frames: shown.lacksTimes ? shown.packets : shown.times.count,
      codec: codecName(parameters.pointee.codec_id), orientation: orientation,
      hasSound: input.audioStream != nil)
  }

  /// Whether a frame is shown for a day at most, and both numbers leave room to reckon with.
  private static func isBelievable(_ rate: FrameRate) -> Bool {
    max(rate.numerator, rate.denominator) <= Int(Int32.max)
      && rate.denominator / rate.numerator <= 86_400
  }

  /// Scans the packets of a stream, shows each to `look`; the input is at its end afterwards.
  static func scan(
    _ input: InputFile, stream index: Int, _ look: (Packet) throws -> Void = { _ in }
  ) throws -> ShownFrames {
    input.keepOnly([index])
    return try ShownFrames(input, stream: index, look)
  }

  static func requireMedia(_ path: FilePath, name: String, wanted: String) throws {
    let kind = FileKind(try FileBytes.head(path, name: name)[...])
    switch kind {
    case .empty, .jpeg, .png, .webp, .otherPicture, .text:
      throw MediaFailure.wrongKind(name, kind, wanted: wanted)
    case .isoMedia, .otherMedia, .unknown: return
    }
  }

  private static func codecName(_ id: AVCodecID) -> String { String(cString: avcodec_get_name(id)) }
}
