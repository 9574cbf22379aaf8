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
    if let audio = node.value(of: "audio") {
      film.audio = self.audio(audio)
      film.loudness = Fields(audio).read("loudness", .loudness)
      film.ownSound = Fields(audio).read("own_sound", .ownSound)
    }
    film.captions = captions(node.value(of: "captions"))
    film.titles = (node.value(of: "titles")?.items ?? []).compactMap { title($0) }
    film.outputs = (node.value(of: "outputs")?.items ?? []).compactMap { output($0) }
    return film
  }

  /// `off` and `auto` stand alone; remedies may be listed.
  private mutating func mending(_ node: Node) -> Written<JoinMending>? {
    let items = node.items ?? [node]
    let words = items.compactMap { $0.read(.mending) }
    guard words.count == items.count else { return nil }
    if let whole = words.first(where: { $0.value.remedy == nil }), words.count > 1 {
      log.error(
        .optionOfOtherKind, "`\(whole.value.rawValue)` stands alone, not among remedies",
        at: whole.span,
        suggestion: "write `mend: \(whole.value.rawValue)`, or list remedies only")
      return nil
    }
    return JoinMending(words: words.map(\.value.rawValue)).map { Written($0, at: node.span) }
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
}
