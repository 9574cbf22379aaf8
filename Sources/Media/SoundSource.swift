internal import CFFmpeg
internal import KeyreelCore
internal import SystemPackage

/// Decodes music and runs it through libavfilter: 48 kHz stereo, cut, faded, of an exact length.
final class SoundSource {
  private let settings: SoundSettings
  private let input: InputFile
  private let stream: Int
  private let decoder: Decoder
  private let packet: Packet
  private let frame: LibavFrame
  private var graph: SoundGraph?
  private var isAtEnd = false

  init(_ settings: SoundSettings) throws {
    self.settings = settings
    input = try InputFile(settings.path)
    guard let stream = input.audioStream else {
      throw OperationError(
        .unsupported, "\(settings.path): there is no sound in the file",
        remedy: "give a sound file")
    }
    self.stream = stream
    input.keepOnly([stream])
    // Slips in compressed music are heard as nothing; refusing the film for them helps nobody.
    decoder = try Decoder(input, stream: stream, strict: false)
    packet = try Packet()
    frame = try LibavFrame()
  }

  /// The next stretch of finished sound; `false` when all has been read.
  func read(into result: LibavFrame) throws -> Bool {
    while true {
      if let graph, try graph.read(into: result) { return true }
      if graph?.isFinished == true { return false }
      try advance()
    }
  }

  /// Decodes one more packet into the graph.
  private func advance() throws {
    guard !isAtEnd else {
      throw OperationError(
        .corrupt, "\(settings.path): there is no sound that can be decoded in the file",
        remedy: "give a sound file")
    }
    while try input.read(into: packet) {
      guard packet.stream == stream else { continue }
      try decoder.decode(packet, into: frame, take)
      return
    }
    isAtEnd = true
    try decoder.decode(nil, into: frame, take)
    try graph?.finish()
  }

  private func take(_ frame: LibavFrame) throws {
    let graph = try graph ?? SoundGraph(settings, like: frame)
    self.graph = graph
    try graph.write(frame)
  }
}

/// One chain of libavfilter from decoded music to finished sound.
private final class SoundGraph {
  private let graph: UnsafeMutablePointer<AVFilterGraph>
  private let source: UnsafeMutablePointer<AVFilterContext>
  private let sink: UnsafeMutablePointer<AVFilterContext>
  private let file: String
  private(set) var isFinished = false

  /// A graph for music in the format of `frame`.
  init(_ settings: SoundSettings, like frame: LibavFrame) throws {
    file = settings.path.string
    var graph = avfilter_graph_alloc()
    defer { avfilter_graph_free(&graph) }
    guard let made = graph else {
      throw LibavError.error(avx_error_no_memory, "preparing the sound", file: file)
    }
    let chain = [Self.entry(frame), Self.chain(settings, isMono: Self.channels(frame) == 1)]
    var inputs: UnsafeMutablePointer<AVFilterInOut>?
    var outputs: UnsafeMutablePointer<AVFilterInOut>?
    try LibavError.check(
      avfilter_graph_parse2(
        made, chain.joined(separator: ",") + ",abuffersink@out", &inputs, &outputs),
      "preparing the sound", file: file)
    avfilter_inout_free(&inputs)
    avfilter_inout_free(&outputs)
    try LibavError.check(
      avfilter_graph_config(made, nil), "preparing the sound", file: file)
    guard let source = avfilter_graph_get_filter(made, "abuffer@in"),
      let sink = avfilter_graph_get_filter(made, "abuffersink@out")
    else { throw LibavError.error(avx_error_bug, "preparing the sound", file: file) }
    self.source = source
    self.sink = sink
    self.graph = made
    graph = nil
  }

  deinit {
    var graph: UnsafeMutablePointer<AVFilterGraph>? = graph
    avfilter_graph_free(&graph)
  }

  func write(_ frame: LibavFrame) throws {
    // Samples are counted from here on; what the file says of time has been honoured by decoding.
    frame.pointer.pointee.pts = avx_nopts_value
    let code = av_buffersrc_add_frame(source, frame.pointer)
    // The cut at the end has closed the graph: what follows is not needed.
    if code != avx_error_eof { try LibavError.check(code, "rendering the sound", file: file) }
  }

  func finish() throws {
    let code = av_buffersrc_add_frame(source, nil)
    if code != avx_error_eof { try LibavError.check(code, "rendering the sound", file: file) }
  }

  func read(into frame: LibavFrame) throws -> Bool {
    av_frame_unref(frame.pointer)
    let code = av_buffersink_get_frame(sink, frame.pointer)
    if code == avx_error_eof { isFinished = true }
    if code == avx_error_again || code == avx_error_eof { return false }
    try LibavError.check(code, "rendering the sound", file: file)
    return true
  }

  private static func channels(_ frame: LibavFrame) -> Int {
    Int(frame.pointer.pointee.ch_layout.nb_channels)
  }

  private static func entry(_ frame: LibavFrame) -> String {
    var text = [CChar](repeating: 0, count: 128)
    av_channel_layout_describe(&frame.pointer.pointee.ch_layout, &text, text.count)
    let layout = String(
      decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let rate = frame.pointer.pointee.sample_rate
    let format = String(
      cString: av_get_sample_fmt_name(AVSampleFormat(frame.pointer.pointee.format)))
    return "abuffer@in=time_base=1/\(rate):sample_rate=\(rate):sample_fmt=\(format)"
      + ":channel_layout=\(layout)"
  }

  private static func chain(_ settings: SoundSettings, isMono: Bool) -> String {
    let rate = SoundSettings.sampleRate
    let first = (Int128(settings.start) * Int128(rate) + 500_000_000) / 1_000_000_000
    let count = settings.samples
    // Mono goes to both sides at full level; libav's own mixing would make it softer.
    var steps = isMono ? ["pan=stereo|c0=c0|c1=c0"] : []
    steps += [
      "aresample=\(rate)", "aformat=sample_fmts=fltp:channel_layouts=stereo", "asetpts=N",
      "atrim=start_sample=\(first)", "asetpts=N", "apad", "atrim=end_sample=\(count)", "asetpts=N",
    ]
    if settings.gain != 0 { steps.append("volume=\(decibels(settings.gain))dB:precision=float") }
    if settings.fadeIn > 0 { steps.append("afade=t=in:ss=0:ns=\(settings.fadeIn)") }
    if settings.fadeOut > 0 {
      let length = min(settings.fadeOut, count)
      steps.append("afade=t=out:ss=\(count - length):ns=\(length)")
    }
    return (steps + ["asetnsamples=n=1024:p=0"]).joined(separator: ",")
  }

  /// Hundredths of a decibel as a decimal number.
  private static func decibels(_ hundredths: Int) -> String {
    let (whole, part) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    return (hundredths < 0 ? "-" : "") + "\(whole).\(part < 10 ? "0" : "")\(part)"
  }
}
