public import KeyreelCore

/// What came of loading a file: a document for each film, and everything that is wrong.
public struct LoadedPipeline: Sendable {
  /// One document per film; with errors, what could be read of it, or none.
  public var documents: [PipelineDocument]
  /// All mistakes and remarks in the order of their places.
  public var diagnostics: [Diagnostic]
  /// The file's text, for printing places.
  public var text: String

  /// What came of loading `text`.
  public init(documents: [PipelineDocument], diagnostics: [Diagnostic], text: String) {
    self.documents = documents
    self.diagnostics = diagnostics
    self.text = text
  }

  /// Whether anything makes the pipeline unusable.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads pipeline files of version 1 of the language; looks at the text alone, never at other files.
public struct PipelineLoader: Sendable {
  private let path: String
  private let displayPath: String
  private let allowsOutside: Bool

  /// A loader for the file at `path`, relative to the project root.
  ///
  /// `displayPath` is the file as the user named it. Paths that leave the root are refused unless
  /// `allowsOutside` holds.
  public init(path: String, displayPath: String, allowsOutside: Bool = false) {
    self.path = path
    self.displayPath = displayPath
    self.allowsOutside = allowsOutside
  }

  /// Reads `bytes`; never throws, because what is wrong is told in the diagnostics.
  public func load(_ bytes: [UInt8]) -> LoadedPipeline {
    var log = DiagnosticLog(file: displayPath)
    let documents = documents(bytes, &log)
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    return LoadedPipeline(
      documents: documents, diagnostics: log.inOrder, text: String(decoding: text, as: UTF8.self))
  }

  private func documents(_ bytes: [UInt8], _ log: inout DiagnosticLog) -> [PipelineDocument] {
    guard let root = Composer.compose(bytes, &log), isVersionOne(root, &log) else { return [] }
    checkOnce(root, &log)
    let combinations = Variants.combinations(of: root, &log)
    let digest = Digest.of(bytes)
    var used: (variables: Set<String>, keyframes: Set<String>) = ([], [])
    var documents: [PipelineDocument] = []
    for combination in combinations {
      var variables = Variables(combination.variables(of: root), &log)
      let tree = variables.substitute(in: combination.tree(of: root), &log)
      used.variables.formUnion(variables.used)
      var checker = ShapeChecker(log: log)
      checker.check(tree, .table(PipelineKeys.pipeline), spot(tree))
      var document = PipelineDocument(
        path: path, displayPath: displayPath, digest: digest, name: defaultName)
      document.variant = combination.suffix
      var reader = DocumentReader(
        log: checker.log, paths: PathRule(pipeline: path, allowsOutside: allowsOutside))
      reader.read(tree, into: &document)
      used.keyframes.formUnion(reader.usedNames)
      log = reader.log
      if !document.sequences.isEmpty { documents.append(document) }
    }
    warnOfUnused(root, used.variables, used.keyframes, &log)
    return documents
  }

  private func spot(_ root: Node) -> ShapeChecker.Spot {
    ShapeChecker.Spot(
      place: .root, span: SourceSpan(line: 1, column: 1),
      remedy: "begin the file with `keyreel: 1`")
  }

  /// Another version is another language: nothing else can be said about such a file.
  private func isVersionOne(_ root: Node, _ log: inout DiagnosticLog) -> Bool {
    guard let value = root.value(of: "keyreel"), let version = value.scalar?.wholeNumber,
      version != 1
    else { return true }
    log.error(
      .unknownVersion, "this is version \(version) of the language; this Keyreel knows version 1",
      at: value.span, suggestion: "upgrade Keyreel, or write `keyreel: 1`")
    return false
  }

  /// Checks what the trees of single films no longer have: variables, and what variants replace.
  private func checkOnce(_ root: Node, _ log: inout DiagnosticLog) {
    var checker = ShapeChecker(log: log)
    if root.entry("variants") != nil {
      checker.check(root, .table(PipelineKeys.pipeline), spot(root))
    } else if let entry = root.entry("vars"), let rule = PipelineKeys.pipeline.rule("vars") {
      checker.check(entry.value, rule.shape, .init(place: .key("vars"), span: entry.key.span))
    }
    log = checker.log
  }

  /// Tells what no film of the file uses; a misspelt use has been told, and this follows from it.
  private func warnOfUnused(
    _ root: Node, _ variables: Set<String>, _ keyframes: Set<String>, _ log: inout DiagnosticLog
  ) {
    guard !log.hasErrors else { return }
    for entry in root.value(of: "keyframes")?.entries ?? []
    where !keyframes.contains(entry.key.text) {
      log.warning(
        .unusedKeyframe, "no sequence uses the keyframe `\(entry.key.text.shortened)`",
        at: entry.key.span, suggestion: "use or delete it")
    }
    let own = root.value(of: "vars")?.entries ?? []
    for entry in own where !variables.contains(entry.key.text) {
      log.warning(
        .unusedVariable, "nothing uses the variable `\(entry.key.text.shortened)`",
        at: entry.key.span, suggestion: "use it as `$(\(entry.key.text.shortened))` or delete it")
    }
    let known = variables.union(own.map(\.key.text))
    for entry in root.value(of: "variants")?.value(of: "vars")?.entries ?? []
    where !known.contains(entry.key.text) {
      let name = entry.key.text.shortened
      log.warning(
        .unusedVariable, "nothing uses the variable `\(name)`, so its variants are the same film",
        at: entry.key.span,
        suggestion: Spelling.suggestion(for: entry.key.text, among: known.sorted())
          ?? "use it as `$(\(name))` or delete it")
    }
  }

  private var defaultName: String {
    let file = path.split(separator: "/").last.map(String.init) ?? "film"
    for ending in [".yaml", ".yml"] where file.hasSuffix(ending) && file.count > ending.count {
      return String(file.dropLast(ending.count))
    }
    return file
  }
}
