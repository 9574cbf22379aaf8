import KeyreelCore

/// One way in which a single value is written: how it is read, and the same rule as JSON Schema.
///
/// Loader and schema share these values, so that they cannot drift; tests hold `read` against
/// `schema` over generated scalars.
struct ScalarForm<Value: Sendable>: Sendable {
  /// The name in the schema's `$defs`.
  let id: String
  /// What is wanted, as it stands behind "wants": ``a time such as `8s` ``.
  let wants: String
  /// The code of a value that does not fit.
  let code: DiagnosticCode
  /// The value, or `nil` when it does not fit.
  let read: @Sendable (Node.Scalar) -> Value?
  /// What to write instead of a value that does not fit.
  let advice: @Sendable (Node.Scalar) -> String?
  /// Writes the alternatives of JSON Schema, one object each.
  let schema: @Sendable (inout JSONText) -> Void

  init(
    _ id: String, wants: String, code: DiagnosticCode,
    read: @escaping @Sendable (Node.Scalar) -> Value?,
    advice: @escaping @Sendable (Node.Scalar) -> String? = { _ in nil },
    schema: @escaping @Sendable (inout JSONText) -> Void
  ) {
    self.id = id
    self.wants = wants
    self.code = code
    self.read = read
    self.advice = advice
    self.schema = schema
  }

  /// The form without its type of value.
  var erased: AnyScalarForm {
    AnyScalarForm(
      id: id, wants: wants, code: code, fits: { read($0) != nil }, advice: advice, schema: schema)
  }
}

/// A scalar form without its type of value.
struct AnyScalarForm: Sendable {
  let id: String
  let wants: String
  let code: DiagnosticCode
  let fits: @Sendable (Node.Scalar) -> Bool
  let advice: @Sendable (Node.Scalar) -> String?
  let schema: @Sendable (inout JSONText) -> Void
}

extension Node.Scalar {
  /// The text without one line end behind it, which block scalars (`|`) leave there.
  ///
  /// In JSON Schema, `$` stands before such a line end too.
  var word: String { text.utf8.last == 10 ? String(text.dropLast()) : text }

  /// The word of a value that JSON shows as text; a bare number has none.
  var textualWord: String? { resolved == .text ? word : nil }
}

extension JSONText {
  /// Writes `{"type":"string","pattern":…}`.
  mutating func pattern(_ pattern: String, examples: [String] = []) {
    object { text in
      text.key("type")
      text.value("string")
      text.key("pattern")
      text.value(pattern)
      if !examples.isEmpty {
        text.key("examples")
        text.array { text in for example in examples { text.value(example) } }
      }
    }
  }

  /// Writes `{"type":"integer","minimum":…,"maximum":…}`.
  mutating func wholeNumber(_ range: ClosedRange<Int>) {
    object { text in
      text.key("type")
      text.value("integer")
      text.key("minimum")
      text.value(range.lowerBound)
      text.key("maximum")
      text.value(range.upperBound)
    }
  }

  /// Writes `{"type":[…]}` and what `more` adds.
  mutating func typed(_ types: [String], _ more: (inout JSONText) -> Void = { _ in }) {
    object { text in
      text.key("type")
      text.array { text in for type in types { text.value(type) } }
      more(&text)
    }
  }
}
