import KeyreelCore

extension DocumentReader {
  /// A caption of a sequence or a keyframe: its words, or a mapping.
  func cue(_ node: Node?) -> PipelineDocument.Cue? {
    guard let node else { return nil }
    if let text = node.read(.words) { return PipelineDocument.Cue(text: text) }
    let fields = Fields(node)
    guard let text = fields.read("text", .words) else { return nil }
    var cue = PipelineDocument.Cue(text: text)
    cue.start = fields.read("at", .time)
    cue.duration = fields.read("duration", .time)
    return cue
  }

  /// A title of a sequence or a film: its words, or a mapping.
  mutating func title(_ node: Node?) -> PipelineDocument.Title? {
    guard let node, let cue = cue(node) else { return nil }
    var title = PipelineDocument.Title(cue)
    guard node.entries != nil else { return title }
    title.look = look(node)
    title.fadeIn = Fields(node).read("fade_in", .time)
    title.fadeOut = Fields(node).read("fade_out", .time)
    return title
  }

  /// The rows of captions, one for each language.
  mutating func captions(_ node: Node?) -> [PipelineDocument.Captions] {
    var languages: [String: SourceSpan] = [:]
    return (node?.items ?? []).compactMap { item in
      guard var row = row(item) else { return nil }
      // A language that is none was told already.
      guard row.language != nil || item.entry("language") == nil else { return row }
      let name = row.language?.value ?? LanguageCode.undetermined
      let code = LanguageCode.threeLetters(of: name)
      let place = row.language?.span ?? item.span
      if let first = languages[code] {
        log.error(
          .nameTwice,
          row.language == nil
            ? "two rows of captions have no language" : "`\(name)` is the language of two rows",
          at: place, suggestion: "give each row a `language:` of its own",
          notes: [.init("the first one is here", at: first)])
        row.language = nil
      }
      languages[code] = place
      return row
    }
  }

  private mutating func row(_ node: Node) -> PipelineDocument.Captions? {
    var row = PipelineDocument.Captions(span: node.span)
    guard node.entries != nil else {
      guard let file = input(node) else { return nil }
      row.file = file
      return row
    }
    let fields = Fields(node)
    row.file = input(node.value(of: "file"))
    row.cues = (node.value(of: "cues")?.items ?? []).compactMap { cue($0) }
    row.language = fields.read("language", .language)
    row.forms = node.value(of: "as").flatMap { node in
      let words = (node.items ?? [node]).compactMap { $0.read(.captionForm) }
      return words.isEmpty ? nil : Written(words.map(\.value), at: node.span)
    }
    row.look = look(node)
    return row
  }

  private mutating func look(_ node: Node) -> PipelineDocument.Look {
    var look = PipelineDocument.Look()
    let fields = Fields(node)
    if let font = node.value(of: "font") {
      look.fonts = (font.items ?? [font]).compactMap { self.font($0) }
    }
    look.size = fields.read("size", .textSize)
    look.position = fields.read("position", .textPosition)
    look.ground = fields.read("look", .textGround)
    return look
  }

  /// With a `/` or a `.` it is a path, as for keyframes.
  private mutating func font(_ node: Node) -> Written<PipelineDocument.FontName>? {
    guard let name = node.read(.font) else { return nil }
    guard name.value.hasASCII("/") || name.value.hasASCII(".") else {
      return name.map { .family($0) }
    }
    return input(node)?.map { .file($0) }
  }

  /// What an output says about captions; `none` stands alone.
  mutating func outputCaptions(_ node: Node?) -> Written<[CaptionForm]>? {
    guard let node else { return nil }
    let words = (node.items ?? [node]).compactMap { $0.read(.outputCaptions) }
    guard !words.isEmpty else { return nil }
    if words.count > 1, let none = words.first(where: { $0.value == .none }) {
      log.error(
        .optionOfOtherKind, "`none` stands alone, not beside other forms", at: none.span,
        suggestion: "write `captions: none`, or list what is shown")
      return nil
    }
    return Written(words.compactMap(\.value.form), at: node.span)
  }
}
