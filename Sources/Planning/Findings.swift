import KeyreelCore

/// The diagnostics found so far about one document, each once.
struct Findings {
  let file: String
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var hasErrors = false
  private var seen: Set<Diagnostic> = []

  init(file: String) { self.file = file }

  /// Whether names close to a wrong one are still looked for.
  ///
  /// Each search takes as long as all names are; beyond twenty mistakes nobody reads the advice.
  var wantsAdvice: Bool { diagnostics.count < 20 }

  mutating func error(
    _ code: String, _ message: String, at span: SourceSpan?, suggestion: String? = nil,
    notes: [Diagnostic.Note] = []
  ) {
    hasErrors = true
    add(
      Diagnostic(.error, code, message, file: file, at: span, suggestion: suggestion, notes: notes))
  }

  mutating func warning(
    _ code: String, _ message: String, at span: SourceSpan?, suggestion: String? = nil
  ) {
    add(Diagnostic(.warning, code, message, file: file, at: span, suggestion: suggestion))
  }

  private mutating func add(_ diagnostic: Diagnostic) {
    if seen.insert(diagnostic).inserted { diagnostics.append(diagnostic) }
  }
}
