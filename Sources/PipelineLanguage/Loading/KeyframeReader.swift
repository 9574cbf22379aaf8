import KeyreelCore

extension DocumentReader {
  /// A row of the keyframes table; `nil` when it names no readable picture.
  mutating func keyframe(_ entry: Node.Entry) -> PipelineDocument.NamedKeyframe? {
    let name = Written(entry.key.text, at: entry.key.span)
    guard entry.value.entries != nil else {
      return input(entry.value).map {
        .init(name: name, picture: .init(source: $0.map { .file($0) }))
      }
    }
    guard let source = source(entry.value) else { return nil }
    var picture = PipelineDocument.Picture(source: source)
    picture.fit = Fields(entry.value).read("fit", .fit)
    picture.focus = Fields(entry.value).focus()
    return .init(name: name, picture: picture)
  }

  /// The picture that a mapping names with `image`, `video` or `url`.
  private mutating func source(_ node: Node) -> Written<PictureSource>? {
    let fields = Fields(node)
    if let image = node.value(of: "image") { return input(image)?.map { .file($0) } }
    if let video = node.value(of: "video") {
      let time = fields.read("at", .time)?.value ?? .frames(0)
      return input(video)?.map { .video($0, at: time) }
    }
    guard let address = fields.read("url", .address) else { return nil }
    let host = WebAddress.host(of: address.value)
    guard !WebAddress.isPrivate(host) else {
      log.error(
        .privateAddress, "`\(host.shortened)` is this machine or a private network",
        at: address.span, suggestion: "download the still and name it with `image:`")
      return nil
    }
    let digest = fields.read("sha256", .digest)?.value
    return address.map { .url($0, digest: digest) }
  }

  /// A keyframe of a sequence; `nil` when it names no readable picture.
  mutating func stop(_ node: Node) -> PipelineDocument.Stop? {
    guard node.entries != nil else {
      return subject(node).map { PipelineDocument.Stop(subject: $0) }
    }
    // What the mapping says is checked even if its picture is not readable.
    let found = node.value(of: "keyframe").map { subject($0) } ?? source(node)?.map { .picture($0) }
    var stop = PipelineDocument.Stop(
      subject: found ?? Written(.named(""), at: node.span))
    let fields = Fields(node)
    stop.fit = fields.read("fit", .fit)
    stop.focus = fields.focus()
    stop.hold = fields.read("hold", .time)
    stop.time = fields.read("at", .time)
    stop.caption = cue(node.value(of: "caption"))
    if let next = node.entry("next") { stop.next = self.next(next) }
    return found == nil ? nil : stop
  }

  private mutating func next(_ entry: Node.Entry) -> PipelineDocument.Settings {
    if let prompt = entry.value.read(.text) {
      var settings = PipelineDocument.Settings()
      settings.parameters = [
        .init(name: Written("prompt", at: entry.key.span), value: prompt.map { .string($0) })
      ]
      return settings
    }
    var settings = settings(entry.value, SettingKeys.next)
    settings.id = Fields(entry.value).read("id", .name)
    if let id = settings.id, !claim(id) { settings.id = nil }
    return settings
  }

  /// Whether `id` is the first of its name; tells when it is not.
  private mutating func claim(_ id: Written<String>) -> Bool {
    guard let first = segmentIDs[id.value] else {
      segmentIDs[id.value] = id.span
      return true
    }
    log.error(
      .nameTwice, "the segment id `\(id.value)` is written twice", at: id.span,
      suggestion: "choose another id", notes: [.init("the first one is here", at: first)])
    return false
  }

  /// A name of the keyframes table; with a `/` or a `.` it is a path.
  private mutating func subject(_ node: Node) -> Written<PipelineDocument.Stop.Subject>? {
    guard let name = node.read(.reference) else { return nil }
    if keyframeNames.contains(name.value) {
      usedNames.insert(name.value)
      return readableNames.contains(name.value) ? name.map { .named($0) } : nil
    }
    if name.value.hasASCII("/") || name.value.hasASCII(".") {
      return input(node)?.map { .picture(.file($0)) }
    }
    let names = log.wantsAdvice ? keyframeNames.sorted() : []
    let near = Spelling.nearest(to: name.value, among: names)
    log.error(
      .unknownKeyframe, "there is no keyframe `\(name.value.shortened)`", at: name.span,
      suggestion: near.map { "did you mean `\($0)`?" }
        ?? (names.isEmpty
          ? "define it under `keyframes:`; a file is written with its ending, or as `./\(name.value.shortened)`"
          : "defined here: \(Array(names.prefix(12)).asList)"))
    return nil
  }
}
