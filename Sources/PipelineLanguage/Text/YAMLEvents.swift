internal import CLibYAML
import KeyreelCore

/// One event of libyaml, its strings copied.
struct YAMLEvent {
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd
    case alias(String)
    case scalar(Node.Scalar)
    case listStart(Node.Style), listEnd
    case mappingStart(Node.Style), mappingEnd
  }

  var kind: Kind
  var anchor: String?
  var tag: String?
  var span: SourceSpan
}

/// Why libyaml could not go on, in its own words; the places are in its 0-based characters.
struct YAMLProblem: Error {
  var problem: String
  var place: SourceSpan.Place
  var context: String?
  var contextPlace: SourceSpan.Place?
}

/// The stream of libyaml's events over bytes that outlive it.
struct YAMLEvents: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  /// Starts reading `bytes`, which must be sound UTF-8.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    // libyaml keeps a pointer to the parser in itself, so it must never move.
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      preconditionFailure("libyaml could not allocate its parser")
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The next event.
  mutating func next() throws(YAMLProblem) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw problem }
    defer { yaml_event_delete(&event) }
    let span = SourceSpan(start: Self.place(event.start_mark), end: Self.place(event.end_mark))
    return Self.translate(event, span)
  }

  private static func translate(_ event: yaml_event_t, _ span: SourceSpan) -> YAMLEvent {
    func plain(_ kind: YAMLEvent.Kind) -> YAMLEvent { YAMLEvent(kind: kind, span: span) }
    switch event.type {
    case YAML_STREAM_START_EVENT: return plain(.streamStart)
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return plain(.streamEnd)
    case YAML_DOCUMENT_START_EVENT: return plain(.documentStart)
    case YAML_DOCUMENT_END_EVENT: return plain(.documentEnd)
    case YAML_ALIAS_EVENT: return plain(.alias(text(event.data.alias.anchor) ?? ""))
    case YAML_SCALAR_EVENT:
      let data = event.data.scalar
      let value = UnsafeBufferPointer(start: data.value, count: data.length)
      let scalar = Node.Scalar(
        text: String(decoding: value, as: UTF8.self),
        isPlain: data.style == YAML_PLAIN_SCALAR_STYLE)
      return YAMLEvent(
        kind: .scalar(scalar), anchor: text(data.anchor), tag: text(data.tag), span: span)
    case YAML_SEQUENCE_START_EVENT:
      let data = event.data.sequence_start
      let style: Node.Style = data.style == YAML_FLOW_SEQUENCE_STYLE ? .flow : .block
      return YAMLEvent(
        kind: .listStart(style), anchor: text(data.anchor), tag: text(data.tag), span: span)
    case YAML_SEQUENCE_END_EVENT: return plain(.listEnd)
    case YAML_MAPPING_START_EVENT:
      let data = event.data.mapping_start
      let style: Node.Style = data.style == YAML_FLOW_MAPPING_STYLE ? .flow : .block
      return YAMLEvent(
        kind: .mappingStart(style), anchor: text(data.anchor), tag: text(data.tag), span: span)
    default: return plain(.mappingEnd)
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  private static func place(_ mark: yaml_mark_t) -> SourceSpan.Place {
    SourceSpan.Place(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  private var problem: YAMLProblem {
    let failed = parser.pointee
    let context = failed.context.map { String(cString: $0) }
    return YAMLProblem(
      problem: failed.problem.map { String(cString: $0) } ?? "the parser gave up",
      place: Self.place(failed.problem_mark), context: context,
      contextPlace: context == nil ? nil : Self.place(failed.context_mark))
  }
}
