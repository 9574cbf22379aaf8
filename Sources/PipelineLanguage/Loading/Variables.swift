import KeyreelCore

/// The variables of one film, and how they are put into its tree.
struct Variables {
  /// Longer texts come from variables that stand for variables, not from authors.
  static let lengthLimit = 100_000

  private var values: [String: Node.Scalar] = [:]
  private(set) var used: Set<String> = []
  private var names: [String] = []

  /// Takes the variables in the order of the file; each may use those above it.
  init(_ entries: [Node.Entry], _ log: inout DiagnosticLog) {
    for entry in entries {
      // A broken variable is known too, so that its uses are not told as unknown.
      if !entry.value.isNull {
        values[entry.key.text] = substitute(in: entry.value, &log).scalar
      }
      names.append(entry.key.text)
    }
  }

  /// The tree with all variables put in; subtrees without any are shared.
  mutating func substitute(in node: Node, _ log: inout DiagnosticLog) -> Node {
    guard node.usesVariables else { return node }
    var result = node
    switch node.content {
    case .broken: break
    case .scalar(let scalar):
      if scalar.text.hasASCII("$(") { result.content = put(into: scalar, node.span, &log) }
    case .list(let items): result.content = .list(items.map { substitute(in: $0, &log) })
    case .mapping(let entries):
      result.content = .mapping(
        entries.map { Node.Entry(key: $0.key, value: substitute(in: $0.value, &log)) })
    }
    return result
  }

  private mutating func put(
    into scalar: Node.Scalar, _ span: SourceSpan, _ log: inout DiagnosticLog
  ) -> Node.Content {
    let pieces = VariableText(scalar.text).pieces
    var text = ""
    var isPlain = scalar.isPlain
    for piece in pieces {
      switch piece {
      case .literal(let literal): text += literal
      case .open(let offset):
        log.error(
          .openVariable, "this `$(` is never closed",
          at: place(of: offset, count: 2, in: scalar, span),
          suggestion: "close it with `)`, or write `$$(` for the characters themselves")
        return .broken
      case .variable(let name, let offset):
        guard let value = value(of: name, offset, scalar, span, &log) else { return .broken }
        text += value.text
        if pieces.count == 1 { isPlain = value.isPlain }
      }
      guard text.utf8.count <= Self.lengthLimit else {
        log.error(
          .valueOfVariable,
          "with its variables, this text is longer than \(Self.lengthLimit) bytes",
          at: span, suggestion: "use fewer variables of variables")
        return .broken
      }
    }
    return .scalar(Node.Scalar(text: text, isPlain: isPlain, isSubstituted: true))
  }

  private mutating func value(
    of name: String, _ offset: Int, _ scalar: Node.Scalar, _ span: SourceSpan,
    _ log: inout DiagnosticLog
  ) -> Node.Scalar? {
    used.insert(name)
    if let value = values[name] { return value }
    guard !names.contains(name) else { return nil }
    let near = log.wantsAdvice ? Spelling.nearest(to: name, among: names) : nil
    log.error(
      .unknownVariable, "there is no variable `\(name.shortened)`",
      at: place(of: offset, count: name.unicodeScalars.count + 3, in: scalar, span),
      suggestion: near.map { "did you mean `$(\($0))`?" }
        ?? (names.isEmpty
          ? "define it under `vars:`, or write `$$(` for the characters themselves"
          : "defined here: \(names.asList)"))
    return nil
  }

  /// The place of a part of a scalar, where the source shows it as it is.
  private func place(
    of offset: Int, count: Int, in scalar: Node.Scalar, _ span: SourceSpan
  ) -> SourceSpan {
    let quotes = scalar.isPlain ? 0 : 1
    let width = span.end.column - span.start.column
    guard span.start.line == span.end.line,
      width == scalar.text.unicodeScalars.count + 2 * quotes
    else { return span }
    let column = span.start.column + quotes + offset
    return SourceSpan(
      start: .init(line: span.start.line, column: column),
      end: .init(line: span.start.line, column: column + count))
  }
}
