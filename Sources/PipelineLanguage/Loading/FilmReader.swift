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
    film.mend = node.value(of: "joins")?.value(of: "mend").flatMap { mending($0) }
    film.fadeIn = fields.read("fade_in", .time)
    film.fadeOut = fields.read("fade_out", .time)
    film.metadata = fields.read("metadata", .metadata)
    film.audio = node.value(of: "audio").flatMap { audio($0) }
    film.outputs = outputs(node.entry("outputs"))
    return film
  }

  /// `off` and `auto` stand alone; remedies may be listed.
  private mutating func mending(_ node: Node) -> Written<JoinMending>? {
    let items = node.items ?? [node]
    let words = items.compactMap { $0.read(.mending) }
    guard words.count == items.count else { return nil }
    if let whole = words.first(where: { $0.value.remedy == nil }), words.count > 1 {
      log.error(
        .notAnOption, "`\(whole.value.rawValue)` stands alone, not among remedies", at: whole.span,
        suggestion: "write `mend: \(whole.value.rawValue)`, or list remedies only")
      return nil
    }
    return JoinMending(words: words.map(\.value.rawValue)).map { Written($0, at: node.span) }
  }

  private mutating func refuse(
    _ word: String, _ feature: String, at span: SourceSpan, instead: String
  ) {
    log.error(
      .notBuiltYet, "`\(word)` is not built yet: it arrives with \(feature)", at: span,
      suggestion: "use \(instead) for now")
  }

  private mutating func audio(_ node: Node) -> PipelineDocument.Audio? {
    guard let file = input(node.value(of: "file")) else { return nil }
    let fields = Fields(node)
    var audio = PipelineDocument.Audio(file: file)
    audio.start = fields.read("start", .time)
    audio.gain = fields.read("gain", .gain)
    audio.fadeIn = fields.read("fade_in", .time)
    audio.fadeOut = fields.read("fade_out", .time)
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
