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
    let noticed = span(problem.place)
    guard let place = problem.contextPlace, place != problem.place else {
      log.error(.yamlSyntax, message, at: noticed, suggestion: suggestion)
      return
    }
    let begin = span(place)
    // What is never closed is mended where it begins, however late that is noticed.
    if isUnclosed {
      log.error(
        .yamlSyntax, message, at: begin, suggestion: suggestion,
        notes: [.init("it was still open here", at: noticed)])
      return
    }
    let isWholeFile = place == SourceSpan.Place(line: 1, column: 1)
    log.error(
      .yamlSyntax, message, at: noticed, suggestion: suggestion,
      notes: isWholeFile ? [] : [.init("it was read as a part of what begins here", at: begin)])
  }

  private func span(_ place: SourceSpan.Place) -> SourceSpan {
    // The end of the file is behind its last line; a person looks at the line before.
    guard place.column == 1, place.line > 1, lines.text(of: place.line).isEmpty else {
      return SourceSpan(line: place.line, column: place.column)
    }
    let last = lines.text(of: place.line - 1).unicodeScalars.count
    return SourceSpan(line: place.line - 1, column: last + 1)
  }

  private var isUnclosed: Bool {
    let text = problem.problem
    return text.contains("',' or") || text.contains("unexpected end of stream")
      || text.contains("unexpected document indicator")
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
      return ("this `[` is never closed", "close it with `]`, and separate items with `,`")
    }
    if text.contains("',' or '}'") {
      return (
        "this `{` is never closed", "close it with `}`, and separate entries with `,`"
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
      return ("this text in quotes never ends", "close it with the quote that it begins with")
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
    let context = problem.context ?? ""
    if context.contains("anchor") || context.contains("alias") {
      return (
        "this is no name for an anchor or alias", "put text that begins with `&` or `*` in quotes"
      )
    }
    return ("this is no YAML: \(text)", "look for a missing quote, bracket or indentation above")
  }
}
