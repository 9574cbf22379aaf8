import KeyreelCore

extension DocumentReader {
  /// One file to write, if what is said about it goes together.
  mutating func output(_ node: Node) -> PipelineDocument.Output? {
    let written = path(node.value(of: "file")) { rule, text throws(PathRule.Fault) in
      try rule.output(text)
    }
    guard let file = written else { return nil }
    let fields = Fields(node)
    var output = PipelineDocument.Output(file: file)
    output.kind = fields.read("kind", .outputKind)
    output.codec = fields.read("codec", .codec)
    output.crf = fields.read("crf", .crf)
    output.time = fields.read("at", .time)
    output.width = fields.read("width", .width)
    output.captions = outputCaptions(node.value(of: "captions"))
    output.language = fields.read("language", .language)
    let ending = FilmOutput.ending(of: file.value)
    guard let kind = output.kind?.value ?? OutputKind.usual(for: ending), fits(kind, ending) else {
      let wanted = output.kind.map {
        Self.endings($0.value.endings, for: "`kind: \($0.value.rawValue)`")
      }
      log.error(
        .outputEnding, "`\(file.value.shortened)` does not say what is written by its ending",
        at: file.span,
        suggestion: wanted
          ?? "films end with .mp4, .mov or .webm; previews with .webp or .gif; posters with .jpg or .png; captions with .srt or .vtt"
      )
      return nil
    }
    return isSound(output, kind, ending, node) ? output : nil
  }

  private func fits(_ kind: OutputKind, _ ending: String) -> Bool {
    kind == .frames
      ? OutputKind.usual(for: ending) == nil : kind.endings.contains(ending)
  }

  /// Whether codec and options belong to what is written.
  private mutating func isSound(
    _ output: PipelineDocument.Output, _ kind: OutputKind, _ ending: String, _ node: Node
  ) -> Bool {
    let foreign: [(key: String, of: OutputKind)] = [
      ("codec", .film), ("crf", .film), ("at", .poster), ("width", .preview),
    ]
    for (key, owner) in foreign where owner != kind {
      guard let entry = node.entry(key) else { continue }
      log.error(
        .optionOfOtherKind, "`\(key)` is for outputs of kind `\(owner.rawValue)`",
        at: entry.key.span, suggestion: "delete it, or write `kind: \(owner.rawValue)`")
      return false
    }
    guard takesCaptions(output, kind) else { return false }
    guard kind == .film, let codec = output.codec?.value ?? FilmCodec.usual(for: ending) else {
      return true
    }
    if let written = output.codec, !codec.endings.contains(ending) {
      log.error(
        .outputEnding, "`\(codec.rawValue)` does not go into a .\(ending) file", at: written.span,
        suggestion: Self.endings(codec.endings, for: codec.rawValue))
      return false
    }
    if let crf = output.crf, codec.crfs?.contains(crf.value) != true {
      log.error(
        .optionOfOtherKind,
        codec.crfs.map { "the `crf` of \(codec.rawValue) is at most \($0.upperBound)" }
          ?? "`\(codec.rawValue)` has no `crf`", at: crf.span,
        suggestion: codec.crfs == nil ? "delete it" : "use a smaller one")
      return false
    }
    return true
  }

  /// Whether what is said about captions belongs to what is written.
  private mutating func takesCaptions(_ output: PipelineDocument.Output, _ kind: OutputKind) -> Bool
  {
    if let captions = output.captions {
      if kind == .captions {
        log.error(
          .optionOfOtherKind, "a file of captions shows no captions", at: captions.span,
          suggestion: "delete it; `language` says which ones are written")
        return false
      }
      if kind != .film, captions.value.contains(.track) {
        log.error(
          .optionOfOtherKind, "only films have a subtitle track", at: captions.span,
          suggestion: "use `burnt` or `none`")
        return false
      }
    }
    return true
  }

  private static func endings(_ endings: [String], for what: String) -> String {
    let list = endings.map { $0.isEmpty ? "no ending, for it is a folder" : ".\($0)" }
    return "\(what) ends with " + list.joined(separator: " or ")
  }
}
