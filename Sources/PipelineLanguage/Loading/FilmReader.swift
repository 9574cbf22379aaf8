import KeyreelCore

extension DocumentReader {
  /// What the film is to be.
  mutating func film(_ node: Node?) -> PipelineDocument.Film {
    var film = PipelineDocument.Film()
    guard let node else { return film }
    let fields = Fields(node)
    film.size = fields.read("size", .size)
    film.rate = fields.read("rate", .rate)
    if let rate = film.rate,
      rate.value.numerator > 1000 * rate.value.denominator
        || rate.value.numerator < rate.value.denominator
    {
      log.error(
        .rateOutOfRange, "a film has 1 to 1000 frames per second, not \(rate.value)", at: rate.span,
        suggestion: "for example `30000/1001`")
      film.rate = nil
    }
    film.conform = fields.read("conform", .conform)
    if let conform = film.conform, conform.value == .retime {
      refuse("retime", "retiming", at: conform.span, instead: "`accept` or `strict`")
      film.conform = nil
    }
    film.fadeIn = fields.read("fade_in", .time)
    film.fadeOut = fields.read("fade_out", .time)
    film.metadata = fields.read("metadata", .metadata)
    if let audio = node.value(of: "audio") {
      film.audio = self.audio(audio)
      film.loudness = Fields(audio).read("loudness", .loudness)
      film.ownSound = Fields(audio).read("own_sound", .ownSound)
    }
    film.outputs = outputs(node.entry("outputs"))
    return film
  }

  private mutating func refuse(
    _ word: String, _ feature: String, at span: SourceSpan, instead: String
  ) {
    log.error(
      .notBuiltYet, "`\(word)` is not built yet: it arrives with \(feature)", at: span,
      suggestion: "use \(instead) for now")
  }

  /// A sound file and how it is heard: a path, or a mapping.
  mutating func audio(_ node: Node) -> PipelineDocument.Audio? {
    guard node.entries != nil else { return input(node).map { .init(file: $0) } }
    guard let file = input(node.value(of: "file")) else { return nil }
    let fields = Fields(node)
    var audio = PipelineDocument.Audio(file: file)
    audio.start = fields.read("start", .time)
    audio.gain = fields.read("gain", .gain)
    audio.fadeIn = fields.read("fade_in", .time)
    audio.fadeOut = fields.read("fade_out", .time)
    audio.loops = fields.read("loop", .flag)
    return audio
  }

  private mutating func outputs(_ entry: Node.Entry?) -> [PipelineDocument.Output] {
    let items = entry?.value.items ?? []
    if items.count > 1 {
      log.error(
        .notBuiltYet, "several outputs are not built yet: they arrive with further codecs",
        at: items[1].span, suggestion: "use one output for now")
    }
    return items.prefix(1).compactMap { output($0) }
  }

  private mutating func output(_ node: Node) -> PipelineDocument.Output? {
    if let codec = node.value(of: "codec")?.read(.codec), codec.value != .h264 {
      refuse(codec.value.rawValue, "further codecs", at: codec.span, instead: "`h264`")
    }
    let written = path(node.value(of: "file")) { rule, text throws(PathRule.Fault) in
      try rule.output(text)
    }
    guard let file = written else { return nil }
    guard file.value.lowercased().hasSuffix(".mp4") else {
      log.error(
        .outputEnding, "films are mp4 files, so `\(file.value.shortened)` should end with `.mp4`",
        at: file.span, suggestion: "for example `films/film.mp4`")
      return nil
    }
    var output = PipelineDocument.Output(file: file)
    output.crf = Fields(node).read("crf", .crf)
    return output
  }
}
