import KeyreelCore

/// Builds the tree of one YAML document from libyaml's events, with limits that cannot be evaded.
struct Composer: ~Copyable {
  /// Lists and mappings may stand in one another this deep, aliases followed.
  static let depthLimit = 64
  /// Nodes that aliases may add; an alias counts as often as what it stands for has nodes.
  static let aliasLimit = 1_000_000

  private var events: YAMLEvents
  private let lines: SourceLines
  var log: DiagnosticLog
  private var anchors: [String: Node] = [:]
  private var openAnchors: Set<String> = []
  private var nodesFromAliases = 0

  private init(_ bytes: UnsafeBufferPointer<UInt8>, _ log: consuming DiagnosticLog) {
    events = YAMLEvents(bytes)
    lines = SourceLines(bytes)
    self.log = log
  }

  /// The tree of `bytes`; `nil` when it cannot be built, for reasons that are in `log`.
  static func compose(_ bytes: [UInt8], _ log: inout DiagnosticLog) -> Node? {
    do throws(Refusal) {
      let text = try TextCheck.check(bytes, &log)
      return text.withUnsafeBufferPointer { buffer in
        var composer = Composer(buffer, log)
        let node = composer.document()
        log = composer.log
        return node
      }
    } catch {
      return nil
    }
  }

  private mutating func document() -> Node? {
    do throws(Refusal) {
      _ = try next()
      let start = try next()
      guard case .documentStart = start.kind else {
        log.error(
          .emptyFile, "the file is empty", at: nil,
          suggestion: "`keyreel new DIR` writes a commented pipeline to start from")
        return nil
      }
      let root = try node(try next(), depth: 0)
      _ = try next()
      let end = try next()
      if case .documentStart = end.kind {
        log.error(
          .severalDocuments, "a second YAML document begins here", at: end.span,
          suggestion: "one file is one pipeline: move it to a file of its own")
      }
      if root.isNull {
        log.error(
          .emptyFile, "the file has nothing but comments", at: nil,
          suggestion: "`keyreel new DIR` writes a commented pipeline to start from")
        return nil
      }
      return root
    } catch {
      return nil
    }
  }

  private mutating func next() throws(Refusal) -> YAMLEvent {
    do throws(YAMLProblem) {
      return try events.next()
    } catch {
      SyntaxAdvice(error, lines).tell(&log)
      throw Refusal()
    }
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(Refusal) -> Node {
    if case .alias(let name) = event.kind { return try alias(name, at: event.span, depth: depth) }
    if let anchor = event.anchor { openAnchors.insert(anchor) }
    var node: Node
    switch event.kind {
    case .scalar(let scalar):
      node = Node(.scalar(scalar), at: event.span)
      node.usesVariables = scalar.text.hasASCII("$(")
    case .listStart(let style): node = try list(event, style, depth: depth + 1)
    case .mappingStart(let style): node = try mapping(event, style, depth: depth + 1)
    default: throw Refusal()
    }
    if let tag = event.tag { apply(tag, to: &node, at: event.span) }
    if let anchor = event.anchor {
      openAnchors.remove(anchor)
      anchors[anchor] = node
    }
    return node
  }

  private mutating func list(
    _ start: YAMLEvent, _ style: Node.Style, depth: Int
  ) throws(Refusal) -> Node {
    try checkDepth(depth, at: start.span)
    var items: [Node] = []
    var weight = 1
    var height = 0
    var usesVariables = false
    while true {
      let event = try next()
      if case .listEnd = event.kind {
        var node = Node(
          .list(items), at: span(from: start, to: event, style, last: items.last?.span.end))
        node.style = style
        node.weight = weight
        node.height = height + 1
        node.usesVariables = usesVariables
        return node
      }
      let item = try node(event, depth: depth)
      weight += item.weight
      height = max(height, item.height)
      usesVariables = usesVariables || item.usesVariables
      items.append(item)
    }
  }

  private mutating func mapping(
    _ start: YAMLEvent, _ style: Node.Style, depth: Int
  ) throws(Refusal) -> Node {
    try checkDepth(depth, at: start.span)
    var builder = MappingBuilder()
    while true {
      let event = try next()
      if case .mappingEnd = event.kind {
        var node = builder.finish()
        node.span = span(from: start, to: event, style, last: builder.end)
        node.style = style
        return node
      }
      let key = try node(event, depth: depth)
      let value = try node(try next(), depth: depth)
      builder.add(key, value, isAlias: event.isAlias, &log)
    }
  }

  private func span(
    from start: YAMLEvent, to end: YAMLEvent, _ style: Node.Style, last: SourceSpan.Place?
  ) -> SourceSpan {
    // libyaml ends a block where the next thing begins; for a person it ends with its last item.
    let place = style == .flow ? end.span.end : last ?? start.span.end
    return SourceSpan(start: start.span.start, end: max(start.span.start, place))
  }

  private mutating func checkDepth(_ depth: Int, at span: SourceSpan) throws(Refusal) {
    guard depth > Self.depthLimit else { return }
    log.error(
      .nestedTooDeeply,
      "lists and mappings stand in one another more than \(Self.depthLimit) deep",
      at: SourceSpan(line: span.start.line, column: span.start.column),
      suggestion: "no pipeline needs this; is a bracket doubled?")
    throw Refusal()
  }

  private mutating func alias(
    _ name: String, at span: SourceSpan, depth: Int
  ) throws(Refusal) -> Node {
    guard var node = anchors[name] else {
      let isOpen = openAnchors.contains(name)
      log.error(
        .unknownAlias,
        isOpen
          ? "the alias `*\(name)` stands inside what it stands for"
          : "no anchor `&\(name)` stands above this alias", at: span,
        suggestion: isOpen
          ? "write the value out"
          : (log.wantsAdvice
            ? Spelling.suggestion(for: name, among: anchors.keys.sorted()) : nil)
            ?? "define it with `&\(name)` before it is used")
      return Node(.broken, at: span)
    }
    nodesFromAliases += node.weight
    if nodesFromAliases > Self.aliasLimit {
      log.error(
        .aliasExpandsTooMuch,
        "with this alias, the aliases stand for more than \(Self.aliasLimit) values", at: span,
        suggestion: "write fewer aliases of aliases")
      throw Refusal()
    }
    try checkDepth(depth + node.height, at: span)
    node.span = span
    return node
  }

  private mutating func apply(_ tag: String, to node: inout Node, at span: SourceSpan) {
    if case .scalar(var scalar) = node.content, tag == "!" || tag == "tag:yaml.org,2002:str" {
      scalar.isPlain = false
      node.content = .scalar(scalar)
      return
    }
    log.error(
      .tag, "pipelines have no tags such as `\(tag.shortened)`", at: span,
      suggestion: "delete the tag; put text that begins with `!` in quotes")
    node.content = .broken
  }
}

extension YAMLEvent {
  /// Whether this is an alias.
  var isAlias: Bool { if case .alias = kind { true } else { false } }
}
