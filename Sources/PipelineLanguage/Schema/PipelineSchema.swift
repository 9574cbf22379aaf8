import KeyreelCore

/// The JSON Schema of pipeline files, made from the same tables that the loader checks by.
public enum PipelineSchema {
  /// The name that the schema is known by.
  public static let id = "urn:keyreel:schemas:pipeline:1"

  /// The schema (draft 2020-12), indented, with a line end behind it.
  public static func json() -> String {
    var writer = SchemaWriter(takesVariables: true)
    let document = writer.document(
      PipelineKeys.pipeline, id: id, title: "Keyreel pipeline, version 1")
    return JSONIndentation.indent(document) + "\n"
  }
}

/// The JSON Schema of lock files, made from the table that they are read by.
public enum LockSchema {
  /// The name that the schema is known by.
  public static let id = "urn:keyreel:schemas:lock:1"

  /// The schema (draft 2020-12), indented, with a line end behind it.
  public static func json() -> String {
    var writer = SchemaWriter(takesVariables: false)
    let document = writer.document(LockKeys.file, id: id, title: "Keyreel lock file, version 1")
    return JSONIndentation.indent(document) + "\n"
  }
}

/// Writes shapes as JSON Schema; whatever has a name goes to `$defs` once.
struct SchemaWriter {
  /// Whether `$(name)` may stand where a value is wanted.
  private let takesVariables: Bool
  private var pending: [(id: String, write: (inout SchemaWriter, inout JSONText) -> Void)] = []
  private var known: Set<String> = []

  init(takesVariables: Bool) { self.takesVariables = takesVariables }

  /// The whole schema, with `table` as its root.
  mutating func document(_ table: KeyTable, id: String, title: String) -> String {
    var text = JSONText()
    text.object { text in
      text.key("$schema")
      text.value("https://json-schema.org/draft/2020-12/schema")
      text.key("$id")
      text.value(id)
      text.key("title")
      text.value(title)
      writeBody(table, &text)
      text.key("$defs")
      text.object { text in
        if takesVariables { Self.writeVariable(&text) }
        while !pending.isEmpty {
          let next = pending.removeFirst()
          text.key(next.id)
          next.write(&self, &text)
        }
      }
    }
    return text.string
  }

  private static func writeVariable(_ text: inout JSONText) {
    text.key("variable")
    text.object { text in
      text.key("description")
      text.value("A text with variables: $(name).")
      text.key("type")
      text.value("string")
      text.key("pattern")
      // A `$` before `$(` makes it the characters themselves.
      text.value(#"(^|[^$])\$\("#)
    }
  }

  private mutating func reference(
    _ id: String, _ text: inout JSONText,
    _ write: @escaping (inout SchemaWriter, inout JSONText) -> Void
  ) {
    if known.insert(id).inserted { pending.append((id, write)) }
    text.key("$ref")
    text.value("#/$defs/\(id)")
  }

  private mutating func writeKeywords(_ shape: Shape, _ text: inout JSONText) {
    switch shape {
    case .scalar(let form): referToForm(form, &text)
    case .table(let table): referToTable(table, &text)
    case .list(let item, _, let count): writeList(item, count, &text)
    case .named(let value, let rule):
      text.key("type")
      text.value("object")
      text.key("propertyNames")
      text.object { text in
        text.key("anyOf")
        text.array { rule.key.schema(&$0) }
      }
      text.key("additionalProperties")
      writeObject(value, &text)
    case .short(let form, let table):
      writeAny([.scalar(form), .table(table)], &text)
    case .oneOrMore(let form, let noun):
      writeAny([.scalar(form), .list(.scalar(form), noun: noun, count: 1...1000)], &text)
    case .switched(let key, let table, let otherwise):
      writeSwitch(key, table, otherwise, &text)
    }
  }

  private mutating func writeObject(_ shape: Shape, _ text: inout JSONText) {
    text.object { writeKeywords(shape, &$0) }
  }

  private mutating func writeAny(_ shapes: [Shape], _ text: inout JSONText) {
    text.key("anyOf")
    text.array { text in for shape in shapes { writeObject(shape, &text) } }
  }

  private mutating func writeList(
    _ item: Shape, _ count: ClosedRange<Int>, _ text: inout JSONText
  ) {
    text.key("type")
    text.value("array")
    text.key("items")
    writeObject(item, &text)
    text.key("minItems")
    text.value(count.lowerBound)
    text.key("maxItems")
    text.value(count.upperBound)
  }

  private mutating func writeSwitch(
    _ key: String, _ table: KeyTable, _ otherwise: KeyTable, _ text: inout JSONText
  ) {
    text.key("type")
    text.value("object")
    text.key("if")
    text.object { text in
      text.key("required")
      text.array { $0.value(key) }
    }
    text.key("then")
    writeObject(.table(table), &text)
    text.key("else")
    writeObject(.table(otherwise), &text)
  }

  private mutating func referToForm(_ form: AnyScalarForm, _ text: inout JSONText) {
    reference(form.id, &text) { [takesVariables] _, text in
      text.object { text in
        text.key("description")
        text.value("Wants \(form.wants).")
        text.key("anyOf")
        text.array { text in
          form.schema(&text)
          guard takesVariables, form.id != "version" else { return }
          text.object { text in
            text.key("$ref")
            text.value("#/$defs/variable")
          }
        }
      }
    }
  }

  private mutating func referToTable(_ table: KeyTable, _ text: inout JSONText) {
    reference(table.id, &text) { writer, text in
      text.object { writer.writeBody(table, &$0) }
    }
  }

  private mutating func writeBody(_ table: KeyTable, _ text: inout JSONText) {
    text.key("description")
    text.value(table.help)
    text.key("type")
    text.value("object")
    text.key("properties")
    text.object { text in
      for rule in table.keys {
        text.key(rule.name)
        writeProperty(rule, &text)
      }
      // Where any parameter is allowed, keys that belong elsewhere have to be refused by name.
      guard table.extras != .refused else { return }
      for misplaced in table.misplaced {
        text.key(misplaced.key)
        text.value(false)
      }
    }
    text.key("additionalProperties")
    switch table.extras {
    case .refused: text.value(false)
    case .parameters: writeObject(.one(.scalar), &text)
    case .parameterLists:
      writeObject(.list(.one(.scalar), noun: "value", count: 1...1000), &text)
    }
    writeRules(table, &text)
  }

  private mutating func writeProperty(_ rule: KeyRule, _ text: inout JSONText) {
    text.object { text in
      text.key("description")
      text.value(rule.help + (rule.later.map { " Arrives with \($0)." } ?? ""))
      writeKeywords(rule.shape, &text)
    }
  }

  private func writeRules(_ table: KeyTable, _ text: inout JSONText) {
    let required = table.keys.filter(\.isRequired).map(\.name)
    if !required.isEmpty {
      text.key("required")
      text.array { text in for name in required { text.value(name) } }
    }
    if !table.pairs.isEmpty {
      text.key("dependentRequired")
      text.object { text in
        for pair in table.pairs {
          text.key(pair.key)
          text.array { $0.value(pair.needs) }
        }
      }
    }
    if !table.exactlyOne.isEmpty {
      text.key("oneOf")
      text.array { text in for name in table.exactlyOne { Self.require([name], &text) } }
    }
    guard !table.lengths.isEmpty else { return }
    text.key("not")
    text.object { text in
      text.key("anyOf")
      text.array { text in
        for (index, name) in table.lengths.enumerated() {
          for other in table.lengths[(index + 1)...] { Self.require([name, other], &text) }
        }
      }
    }
  }

  private static func require(_ names: [String], _ text: inout JSONText) {
    text.object { text in
      text.key("required")
      text.array { text in for name in names { text.value(name) } }
    }
  }
}
