import KeyreelCore

/// Reads a checked tree into a document and tells what only names, paths and sums can show.
///
/// What the checker refused is passed over, with legal values in its place, so that nothing is told
/// twice.
struct DocumentReader {
  var log: DiagnosticLog
  let paths: PathRule
  /// Names of the keyframes table, unreadable rows included.
  var keyframeNames: Set<String> = []
  /// Names of the rows that can be used.
  var readableNames: Set<String> = []
  /// Names that a sequence uses.
  var usedNames: Set<String> = []
  /// Where each segment id was first written.
  var segmentIDs: [String: SourceSpan] = [:]

  init(log: DiagnosticLog, paths: PathRule) {
    self.log = log
    self.paths = paths
  }

  /// Fills `document` with what `root` says.
  mutating func read(_ root: Node, into document: inout PipelineDocument) {
    let fields = Fields(root)
    if let name = fields.read("name", .name) { document.name = name.value }
    document.budget = root.value(of: "budget").map(budget)
    document.defaults = settings(root.value(of: "defaults"), SettingKeys.defaults)
    readPrompt(root, into: &document.defaults)
    for entry in root.value(of: "keyframes")?.entries ?? [] {
      keyframeNames.insert(entry.key.text)
      guard let row = keyframe(entry) else { continue }
      readableNames.insert(row.name.value)
      document.keyframes.append(row)
    }
    document.film = film(root.value(of: "film"))
    readBackends(root, into: &document)
    document.sequences = sequences(root.value(of: "sequences"), document.defaults)
  }

  private func budget(_ node: Node) -> PipelineDocument.Budget {
    var budget = PipelineDocument.Budget()
    budget.run = Fields(node).read("run", .price)
    budget.month = Fields(node).read("month", .price)
    return budget
  }

  /// The top-level `prompt:` is short for the one of `defaults`.
  private mutating func readPrompt(_ root: Node, into defaults: inout PipelineDocument.Settings) {
    guard let entry = root.entry("prompt"), let prompt = entry.value.read(.text) else { return }
    if let other = defaults.parameter("prompt") {
      log.error(
        .promptTwice, "`prompt` is written here and in `defaults`", at: entry.key.span,
        suggestion: "keep one of them",
        notes: [.init("the other one is here", at: other.name.span)])
      return
    }
    defaults.parameters.append(
      .init(name: Written("prompt", at: entry.key.span), value: prompt.map { .string($0) }))
  }

  private mutating func readBackends(_ root: Node, into document: inout PipelineDocument) {
    for entry in root.value(of: "backends")?.entries ?? [] {
      if BackendKind(rawValue: entry.key.text) != nil {
        log.error(
          .nameTwice, "`\(entry.key.text)` is the name of a built-in backend", at: entry.key.span,
          suggestion: "choose another name")
        continue
      }
      if let backend = backend(entry) { document.backends.append(backend) }
    }
    guard let name = root.value(of: "backend")?.read(.word) else { return }
    let names =
      BackendKind.allCases.map(\.rawValue)
      + (root.value(of: "backends")?.entries ?? []).map(\.key.text)
    if names.contains(name.value) {
      document.backend = name
    } else {
      log.error(
        .unknownBackend, "there is no backend `\(name.value.shortened)`", at: name.span,
        suggestion: Spelling.suggestion(for: name.value, among: names)
          ?? "known here: \(names.asList); others are defined under `backends:`")
    }
  }

  private mutating func backend(_ entry: Node.Entry) -> PipelineDocument.NamedBackend? {
    let fields = Fields(entry.value)
    guard let kind = fields.read("kind", .backendKind) else { return nil }
    var backend = PipelineDocument.NamedBackend(
      name: Written(entry.key.text, at: entry.key.span), kind: kind.map(\.rawValue))
    backend.origin = fields.read("origin", .origin)
    backend.quirks = fields.read("quirks", .flag)
    readWishes(fields, into: &backend)
    let foreign: (keys: [String], kind: String) =
      kind.value == .animatic ? (["origin"] + Self.wishes, "fal") : (["quirks"], "animatic")
    for key in foreign.keys {
      guard let other = entry.value.entry(key) else { continue }
      log.error(
        .optionOfOtherKind, "`\(key)` is for backends of kind `\(foreign.kind)`",
        at: other.key.span, suggestion: "delete it")
    }
    if let origin = backend.origin, origin.value.hasPrefix("http://"),
      !WebAddress.isLoopback(WebAddress.host(of: origin.value))
    {
      log.error(
        .insecureOrigin, "keys must not travel over plain http", at: origin.span,
        suggestion: "use https; http is for this machine alone")
    }
    return backend
  }

  private static let wishes = [
    "upload", "priority", "start_timeout", "patience", "keep_results", "store_io", "in_flight",
  ]

  /// What is asked of a fal server with every request.
  private func readWishes(_ fields: Fields, into backend: inout PipelineDocument.NamedBackend) {
    backend.upload = fields.read("upload", .upload)?.map(\.rawValue)
    backend.priority = fields.read("priority", .priority)?.map(\.rawValue)
    backend.startTimeout = fields.read("start_timeout", .wait)
    backend.patience = fields.read("patience", .wait)
    backend.keepResults = fields.read("keep_results", .wait)
    backend.storeIO = fields.read("store_io", .flag)
    backend.inFlight = fields.read("in_flight", .inFlight)
  }

  /// A path that `resolve` makes relative to the root; `nil` and told when it cannot be used.
  mutating func path(
    _ node: Node?, _ resolve: (PathRule, String) throws(PathRule.Fault) -> String
  ) -> Written<String>? {
    guard let written = node?.read(.path) else { return nil }
    do throws(PathRule.Fault) {
      return Written(try resolve(paths, written.value), at: written.span)
    } catch {
      log.error(.outsideRoot, error.message, at: written.span, suggestion: error.suggestion)
      return nil
    }
  }

  /// The path of an input.
  mutating func input(_ node: Node?) -> Written<String>? {
    path(node) { rule, text throws(PathRule.Fault) in try rule.input(text) }
  }
}
