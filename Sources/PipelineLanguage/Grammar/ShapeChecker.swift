import KeyreelCore

/// Holds a tree against the shapes of the language and tells all that does not fit.
///
/// Everything it refuses with a structural code, the JSON Schema refuses too; readers behind it may
/// take what fits and pass over the rest in silence.
struct ShapeChecker {
  var log: DiagnosticLog

  /// What a place is called, and where its key stands.
  struct Spot {
    /// A way of naming a place that costs nothing until it is said.
    indirect enum Name {
      case root
      case file(String)
      case key(String)
      case item(Int, noun: String, of: Name)

      var text: String {
        switch self {
        case .root: "a pipeline"
        case .file(let noun): noun
        case .key(let key): "`\(key.shortened)`"
        case .item(let number, let noun, let list): "\(noun) \(number) of \(list.text)"
        }
      }
    }

    var place: Name
    var span: SourceSpan
    /// What to do when nothing better is known.
    var remedy = "correct it, or delete it to get the default"

    var name: String { place.text }
  }

  /// Checks `node` against `shape`.
  mutating func check(_ node: Node, _ shape: Shape, _ spot: Spot) {
    if case .broken = node.content { return }
    if node.isNull {
      log.error(
        .noValue, "\(spot.name) has no value", at: spot.span,
        suggestion: "it wants \(wanted(shape)); \(spot.remedy)")
      return
    }
    switch shape {
    case .scalar(let form): checkScalar(node, form, spot)
    case .list(let item, let noun, let count): checkList(node, item, noun, count, spot)
    case .table(let table): checkTable(node, table, spot)
    case .named(let value, let rule): checkNamed(node, value, rule, spot)
    case .short(let form, let table):
      if node.scalar != nil {
        checkScalar(node, form, spot)
      } else if node.items != nil {
        wrongKind(node, shape, spot)
      } else {
        checkTable(node, table, spot)
      }
    case .oneOrMore(let form, let noun):
      if node.items == nil {
        checkScalar(node, form, spot)
      } else {
        checkList(node, .scalar(form), noun, 1...1000, spot)
      }
    case .switched(let key, let table, let otherwise):
      checkTable(node, node.entry(key) == nil ? otherwise : table, spot)
    }
  }

  private func wanted(_ shape: Shape) -> String {
    switch shape {
    case .scalar(let form): form.wants
    case .list(_, let noun, let count):
      count.lowerBound == count.upperBound
        ? "a list of \(count.lowerBound) \(noun)s" : "a list with at least one \(noun)"
    case .table: "a mapping of keys"
    case .named(_, let rule): "a mapping from \(rule.noun) names"
    case .short(let form, _): "\(form.wants) or a mapping"
    case .oneOrMore(let form, _): "\(form.wants) or a list"
    case .switched: "a mapping of keys"
    }
  }

  private mutating func wrongKind(
    _ node: Node, _ shape: Shape, _ spot: Spot, _ advice: String? = nil
  ) {
    log.error(
      .wrongKind, "\(spot.name) wants \(wanted(shape)), not \(node.noun)", at: node.span,
      suggestion: advice ?? spot.remedy)
  }

  private mutating func checkScalar(_ node: Node, _ form: AnyScalarForm, _ spot: Spot) {
    guard let scalar = node.scalar else {
      let advice = node.style == .flow ? "put text that begins with a bracket in quotes" : nil
      wrongKind(node, .scalar(form), spot, advice)
      return
    }
    // What a variable will make of it is checked when it is put in.
    guard !form.fits(scalar), !scalar.awaitsVariables || form.id == "version" else { return }
    let message = "\(spot.name) wants \(form.wants), not \(node.noun)"
    guard !scalar.isSubstituted else {
      log.error(
        .valueOfVariable, "\(message), which its variable makes of it", at: node.span,
        suggestion: form.advice(scalar) ?? "change the variable")
      return
    }
    let code = scalar.text.isEmpty && form.code == .badPath ? DiagnosticCode.emptyText : form.code
    log.error(code, message, at: node.span, suggestion: form.advice(scalar) ?? spot.remedy)
  }

  private mutating func checkList(
    _ node: Node, _ item: Shape, _ noun: String, _ count: ClosedRange<Int>, _ spot: Spot
  ) {
    guard let items = node.items else {
      let shape = Shape.list(item, noun: noun, count: count)
      let text = node.scalar?.text ?? ""
      let advice =
        text.contains(",") && count.upperBound > 2
        ? "did you mean `[\(text.shortened)]`?"
        : count.upperBound == 2
          ? "for example `[0.5, 0.3]`" : "begin each \(noun) with `- ` or use `[…]`"
      wrongKind(node, shape, spot, advice)
      return
    }
    if items.count < count.lowerBound || items.count > count.upperBound {
      let bounds =
        count.lowerBound == count.upperBound
        ? "exactly \(count.lowerBound) \(noun)s"
        : items.isEmpty ? "at least one \(noun)" : "at most \(count.upperBound) \(noun)s"
      log.error(
        .wrongCount, "\(spot.name) wants \(bounds), not \(items.count)", at: node.span,
        suggestion: count.upperBound == 2
          ? "for example `[0.5, 0.3]`" : items.isEmpty ? "add one: `- …`" : "split it")
    }
    for (index, value) in items.enumerated() {
      let place = Spot.Name.item(index + 1, noun: noun, of: spot.place)
      check(value, item, Spot(place: place, span: value.span, remedy: "correct or delete it"))
    }
  }

  private mutating func checkNamed(
    _ node: Node, _ value: Shape, _ rule: NamedRule, _ spot: Spot
  ) {
    guard let entries = node.entries else {
      wrongKind(node, .named(value, rule), spot, "write `name: value`")
      return
    }
    for (index, entry) in entries.enumerated() {
      if tellComma(index, entries, node) { continue }
      let key = Node.Scalar(text: entry.key.text, isPlain: false)
      if !rule.key.fits(key) {
        log.error(
          rule.key.code,
          "the \(rule.noun) `\(entry.key.text.shortened)` wants \(rule.key.wants)",
          at: entry.key.span, suggestion: rule.key.advice(key))
      }
      let place = Spot.Name.key(entry.key.text)
      check(
        entry.value, value,
        Spot(place: place, span: entry.key.span, remedy: "correct or delete it"))
    }
  }

  private mutating func checkTable(_ node: Node, _ table: KeyTable, _ spot: Spot) {
    guard let entries = node.entries else {
      let advice = table.keys.first {
        table.id != "pipeline" && ($0.isRequired || table.exactlyOne.contains($0.name))
      }
      wrongKind(
        node, .table(table), spot, advice.map { "write its keys out: `\($0.name): …`" })
      return
    }
    for (index, entry) in entries.enumerated() where !tellComma(index, entries, node) {
      check(entry, of: table)
    }
    TableRules(node: node, entries: entries, table: table, spot: spot).tell(&log)
  }

  private mutating func check(_ entry: Node.Entry, of table: KeyTable) {
    let key = entry.key.text
    var spot = Spot(place: .key(key), span: entry.key.span)
    if let rule = table.rule(key) {
      if rule.isRequired { spot.remedy = "it is needed here" }
      if let feature = rule.later {
        log.error(
          .notBuiltYet, "`\(key)` is not built yet: it arrives with \(feature)",
          at: entry.key.span, suggestion: "delete it for now")
      } else {
        check(entry.value, rule.shape, spot)
      }
      return
    }
    if let misplaced = table.misplaced.first(where: { $0.key == key }) {
      log.error(
        .misplacedKey, misplaced.message, at: entry.key.span, suggestion: misplaced.suggestion)
      return
    }
    switch table.extras {
    case .parameters where entry.value.entries == nil && entry.value.items == nil:
      check(entry.value, .one(.scalar), spot)
    case .parameterLists where entry.value.items != nil:
      check(entry.value, .list(.one(.scalar), noun: "value", count: 1...1000), spot)
    default: tellUnknown(entry, table)
    }
  }

  private mutating func tellUnknown(_ entry: Node.Entry, _ table: KeyTable) {
    let names = table.keys.map(\.name)
    let key = entry.key.text
    let meant = Synonyms.key[key.lowercased()].flatMap { names.contains($0) ? $0 : nil }
    let suggestion =
      Spelling.suggestion(for: key, among: names) ?? meant.map { "did you mean `\($0)`?" }
    log.error(
      .unknownKey, "there is no key `\(key.shortened)` \(table.place)", at: entry.key.span,
      suggestion: suggestion ?? "allowed here: \(names.asList)")
  }

  /// Tells that a comma in a flow mapping split a text, if this entry is the piece behind one.
  private mutating func tellComma(_ index: Int, _ entries: [Node.Entry], _ node: Node) -> Bool {
    let entry = entries[index]
    guard node.style == .flow, index > 0, entry.value.isNull, entry.key.isPlain,
      let before = entries[index - 1].value.scalar, before.isPlain, before.resolved == .text,
      entry.value.span.start == entry.value.span.end
    else { return false }
    let whole = "\(before.text), \(entry.key.text)".shortened
    log.error(
      .unquotedComma, "the comma before this splits the text in two", at: entry.key.span,
      suggestion: "did you mean quotes? `\(entries[index - 1].key.text): \"\(whole)\"`",
      notes: [.init("the text begins here", at: entries[index - 1].value.span)])
    return true
  }
}

/// Words that people use for keys that are called otherwise.
enum Synonyms {
  static let key = [
    "fps": "rate", "framerate": "rate", "frame_rate": "rate", "music": "audio", "sound": "audio",
    "volume": "gain", "output": "outputs", "out": "outputs", "variables": "vars",
    "version": "keyreel", "title": "name", "id": "name", "images": "keyframes",
    "stills": "keyframes", "frames": "keyframes", "scenes": "sequences", "shots": "sequences",
    "clips": "sequences", "segments": "sequences", "settings": "defaults", "default": "defaults",
    "video": "clip", "path": "file", "image": "file", "src": "file", "transition": "crossfade",
    "duration": "crossfade", "resolution": "size", "quality": "crf", "model": "kind",
    "url": "origin", "daily": "run", "monthly": "month", "total": "run", "sha": "sha256",
    "digest": "sha256", "hash": "sha256",
    "subtitles": "captions", "subtitle": "caption", "caption": "captions", "srt": "captions",
    "lang": "language", "words": "text", "start": "at", "length": "duration", "until": "duration",
    "crossfade": "join", "offset": "start", "in": "start",
  ]
}
