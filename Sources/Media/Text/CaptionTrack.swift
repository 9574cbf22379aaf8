internal import CFFmpeg
public import KeyreelCore

/// A subtitle track of a file that is written: 3GPP timed text in mp4 and mov, WebVTT in WebM.
public struct CaptionTrack: Sendable {
  private let stream: Int
  private let isWebVTT: Bool

  /// Adds a track in `language` to `output`, whose packets have times in frames of `frameRate`.
  ///
  /// The first track of a file is shown without being asked for.
  public init(
    _ output: OutputFile, language: String, isFirst: Bool, size: PixelSize, frameRate: FrameRate
  ) throws {
    isWebVTT = output.container == .webm
    let tick = AVRational(num: Int32(frameRate.denominator), den: Int32(frameRate.numerator))
    // Matroska counts milliseconds anyway.
    let made = try output.newStream(
      ticks: isWebVTT ? AVRational(num: 1, den: 1000) : tick)
    stream = Int(made.pointee.index)
    let code = LanguageCode.threeLetters(of: language)
    av_dict_set(
      &made.pointee.metadata, "language",
      output.container == .mov ? Self.quickTime[code] ?? code : code, 0)
    if isFirst { made.pointee.disposition |= AV_DISPOSITION_DEFAULT }
    guard let parameters = made.pointee.codecpar else {
      throw LibavError.error(avx_error_no_memory, "adding captions", file: "memory")
    }
    parameters.pointee.codec_type = AVMEDIA_TYPE_SUBTITLE
    parameters.pointee.codec_id = isWebVTT ? AV_CODEC_ID_WEBVTT : AV_CODEC_ID_MOV_TEXT
    guard !isWebVTT else { return }
    parameters.pointee.codec_tag = avx_tag(116, 120, 51, 103)
    // The track's box is a strip at the bottom, where captions stand.
    parameters.pointee.width = Int32(size.width)
    parameters.pointee.height = Int32(size.height / 5)
    let description = Self.sampleDescription(size)
    guard
      let data = av_mallocz(description.count + Int(AV_INPUT_BUFFER_PADDING_SIZE))
    else { throw LibavError.error(avx_error_no_memory, "adding captions", file: "memory") }
    data.copyMemory(from: description, byteCount: description.count)
    parameters.pointee.extradata = data.assumingMemoryBound(to: UInt8.self)
    parameters.pointee.extradata_size = Int32(description.count)
  }

  /// QuickTime's own list of languages has older codes for some (libavformat, `mov_mdhd_language_map`).
  private static let quickTime = [
    "deu": "ger", "nld": "dut", "swe": "sve", "ell": "gre", "isl": "ice", "zho": "chi",
    "sqi": "alb", "mkd": "mac", "hye": "arm", "kat": "geo", "bod": "tib", "mya": "bur",
  ]

  /// Writes one caption of a film of `frameRate` frames a second into `output`.
  public func write(_ cue: FilmCue, at frameRate: FrameRate, into output: OutputFile) throws {
    let packet = try Packet()
    packet.stream = stream
    func time(_ frame: Int) -> Int64 {
      Int64(isWebVTT ? SubtitleText.milliseconds(frame, at: frameRate) : frame)
    }
    let (start, end) = (time(cue.frames.lowerBound), time(cue.frames.upperBound))
    let lines = SubtitleText.paragraph(cue.text)
    let text = Array((isWebVTT ? SubtitleText.escaped(lines) : lines).utf8)
    // Timed text is behind its length (3GPP TS 26.245, 5.17), which has two bytes.
    guard isWebVTT || text.count <= Int(UInt16.max) else {
      throw OperationError(
        .unsupported, "a caption of \(text.count) bytes is too long for a subtitle track",
        remedy: "make several of it")
    }
    try packet.replaceBytes(
      (isWebVTT ? [] : [UInt8(text.count >> 8), UInt8(text.count & 0xFF)]) + text)
    packet.presentationTime = start
    packet.decodeTime = start
    packet.duration = end - start
    packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY
    try output.write(packet)
  }

  /// How timed text looks where a player asks: white, centred, at the bottom (3GPP TS 26.245, 5.16).
  ///
  /// Font and size are those that FFmpeg takes for no formatting at all, so that what it extracts is plain.
  private static func sampleDescription(_ size: PixelSize) -> [UInt8] {
    func short(_ number: Int) -> [UInt8] {
      [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
    }
    let (font, fontSize) = (Array("Arial".utf8), UInt8(16))
    let table = short(1) + short(1) + [UInt8(font.count)] + font
    return [0, 0, 0, 0, 1, 0xFF, 0, 0, 0, 0]
      + short(0) + short(0) + short(size.height / 5) + short(size.width)
      + short(0) + short(0) + short(1) + [0, fontSize, 255, 255, 255, 255]
      + short(0) + short(8 + table.count) + Array("ftab".utf8) + table
  }
}
