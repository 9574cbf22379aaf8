import KeyreelCore

/// Turns a parser's complaint into what the author can do about it.
struct SyntaxAdvice {
  private let problem: YAMLProblem
  private let lines: SourceLines

  init(_ problem: YAMLProblem, _ lines: SourceLines) {
    self.problem = problem
    self.lines = lines
  }

  /// Tells what is wrong, where, and what to do.
  func tell(_ log: inout DiagnosticLog) {
    if let tab = lines.tab(in: problem.place.line) {
      log.error(
        .tabIndent, "a tab cannot indent YAML", at: tab, suggestion: "indent with spaces")
      return
    }
    let (message, suggestion) = advice
    log.error(.yamlSyntax, message, at: span, suggestion: suggestion, notes: notes)
  }

  private var span: SourceSpan {
    SourceSpan(line: problem.place.line, column: problem.place.column)
  }

  private var notes: [Diagnostic.Note] {
    guard let place = problem.contextPlace, place != problem.place, let context = problem.context
    else { return [] }
    return [
      .init(
        "it was read as part of what begins here (\(context))",
        at: SourceSpan(line: place.line, column: place.column))
    ]
  }

  private var advice: (String, String) {
    let text = problem.problem
    if text.contains("mapping values are not allowed") {
      return (
        "a `:` cannot stand here",
        "put text that has a `: ` in it in quotes, or mend the indentation"
      )
    }
    if text.contains("cannot start any token") {
      let character = lines.character(at: problem.place).map(String.init) ?? ""
      return ("text cannot begin with `\(character)`", "put it in quotes")
    }
    if text.contains("',' or ']'") {
      return ("a `,` or the closing `]` is missing", "close the list that begins above with `]`")
    }
    if text.contains("',' or '}'") {
      return (
        "a `,` or the closing `}` is missing", "close the mapping that begins above with `}`"
      )
    }
    if text.contains("expected '-' indicator") {
      return (
        "an item of this list must begin with `- `", "indent it as deep as the items above it"
      )
    }
    if text.contains("did not find expected key") {
      return (
        "a key of this mapping must begin here",
        "indent it as deep as the keys above it; put text after a quoted part inside the quotes"
      )
    }
    return otherAdvice(text)
  }

  private func otherAdvice(_ text: String) -> (String, String) {
    if text.contains("unexpected end of stream") || text.contains("unexpected document indicator") {
      return ("a text in quotes never ends", "close it with the quote that it begins with")
    }
    if text.contains("could not find expected ':'") {
      return (
        "a key has no `:`", "write `key: value`; a longer text needs the indentation of its key"
      )
    }
    if text.contains("unknown escape character") || text.contains("hexdecimal number") {
      return (
        "this `\\` escape is unknown", "write `\\\\` for a backslash, or use single quotes"
      )
    }
    if text.contains("block sequence entries are not allowed") {
      return ("a list item cannot stand here", "begin the list on a line of its own")
    }
    if text.contains("block collections") || text.contains("block mapping") {
      return ("an indented block cannot stand here", "begin it on a line of its own")
    }
    if text.contains("directive") || text.contains("incompatible YAML") {
      return ("pipelines need no `%` directives", "delete this line")
    }
    if text.contains("tag") {
      return ("pipelines have no tags", "put text that begins with `!` in quotes")
    }
    if text.contains("anchor") || text.contains("alias") {
      return (
        "this is no name for an anchor or alias", "put text that begins with `&` or `*` in quotes"
      )
    }
    return ("this is no YAML: \(text)", "look for a missing quote, bracket or indentation above")
  }
}
