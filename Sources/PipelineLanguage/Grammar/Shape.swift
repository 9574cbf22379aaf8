/// What may stand at a place of a pipeline; the checker and the JSON Schema both follow it.
indirect enum Shape: Sendable {
  /// A single value.
  case scalar(AnyScalarForm)
  /// A list of `count` items, called `noun` in messages.
  case list(Shape, noun: String, count: ClosedRange<Int>)
  /// A mapping with known keys.
  case table(KeyTable)
  /// A mapping from names of the author's choice to one shape.
  case named(Shape, NamedRule)
  /// A single value as a short form of a mapping.
  case short(AnyScalarForm, KeyTable)
  /// A single value or a list of such.
  case oneOrMore(AnyScalarForm, noun: String)
  /// One mapping when the key is there, another one when it is not.
  case switched(on: String, KeyTable, otherwise: KeyTable)

  /// A single value of `form`.
  static func one<Value>(_ form: ScalarForm<Value>) -> Shape { .scalar(form.erased) }
}

/// A mapping from names of the author's choice.
struct NamedRule: Sendable {
  /// What one name is called in messages.
  let noun: String
  /// How names are written.
  let key: AnyScalarForm
}

/// One key of a mapping.
struct KeyRule: Sendable {
  let name: String
  let shape: Shape
  /// One sentence for editors.
  let help: String
  var isRequired = false
  /// What the feature behind this key arrives with, when it is not built yet.
  var later: String?

  init(_ name: String, _ shape: Shape, _ help: String) {
    self.name = name
    self.shape = shape
    self.help = help
  }

  /// The same key, which must be there.
  var required: KeyRule {
    var rule = self
    rule.isRequired = true
    return rule
  }

  /// The same key, refused by name until its feature is built.
  func arriving(with feature: String) -> KeyRule {
    var rule = self
    rule.later = feature
    return rule
  }
}

/// The keys of one mapping, and what holds between them.
struct KeyTable: Sendable {
  /// Which other keys are taken.
  enum Extras: Sendable {
    case refused
    /// Single values: parameters of the model, checked against its profile by the planner.
    case parameters
    /// Lists of single values, for variants.
    case parameterLists
  }

  /// The name in the schema's `$defs`.
  let id: String
  /// Where it stands, for messages: ``in `film.audio` ``.
  let place: String
  /// One sentence for editors.
  let help: String
  let keys: [KeyRule]
  var extras = Extras.refused
  /// Exactly one of these keys must be there.
  var exactlyOne: [String] = []
  /// No two of one group may be there.
  var lengths: [String] = []
  /// A key, and another one that must be there with it.
  var pairs: [Pair] = []
  /// Keys that people write here and that belong elsewhere, with where.
  var misplaced: [Misplaced] = []

  /// A key that needs another one.
  struct Pair: Sendable {
    let key: String
    let needs: String
    let message: String
    let code: DiagnosticCode
    let suggestion: String
  }

  /// A key that is refused here by name.
  struct Misplaced: Sendable {
    let key: String
    let message: String
    let suggestion: String
  }

  init(_ id: String, _ place: String, _ help: String, _ keys: [KeyRule]) {
    self.id = id
    self.place = place
    self.help = help
    self.keys = keys
  }

  /// The rule of the key `name`.
  func rule(_ name: String) -> KeyRule? { keys.first { $0.name == name } }
}
