internal import KeyreelCore
internal import PipelineLanguage
internal import Review

/// Reads a policy's YAML; `schemas/policy.schema.json` says its form to editors.
///
/// All mistakes are told at once. A rule that cannot be read is a mistake, never a rule left out.
struct PolicyReader {
  private let file: String
  private var diagnostics: [Diagnostic] = []
  private var policy: Policy

  /// Every key that a policy has.
  static let keys = [
    "keyreel_policy", "max_total", "max_increase", "max_segment", "models", "backends",
    "locked_seeds", "pinned_urls", "known_prices",
  ]

  private init(file: String) {
    self.file = file
    policy = Policy(file: file)
  }

  /// The policy in `bytes`; `nil` when it has mistakes.
  static func read(
    _ bytes: [UInt8], file: String
  ) -> (policy: Policy?, diagnostics: [Diagnostic]) {
    let (root, mistakes) = PlainYAML.read(bytes, file: file)
    guard let root else { return (nil, mistakes) }
    var reader = PolicyReader(file: file)
    reader.diagnostics = mistakes
    reader.read(root)
    let isSound = !reader.diagnostics.contains { $0.severity == .error }
    return (isSound ? reader.policy : nil, reader.diagnostics)
  }

  private mutating func read(_ root: PlainYAML) {
    guard let entries = entries(root, "a policy", Self.keys) else { return }
    var hasVersion = false
    for entry in entries {
      let (key, value) = (entry.key, entry.value)
      switch key.value {
      case "keyreel_policy":
        hasVersion = true
        guard case .integer(1) = value.content else {
          mistake("KR0723", "the version of a policy is 1, not \(value.noun)", at: value.span)
          continue
        }
      case "max_total": policy.maxTotal = price(key, value)
      case "max_segment": policy.maxSegment = price(key, value)
      case "max_increase": policy.maxIncrease = increase(key, value)
      case "models": policy.models = names(key, value)
      case "backends": policy.backends = names(key, value)
      case "locked_seeds": policy.lockedSeeds = flag(key, value)
      case "pinned_urls": policy.pinnedURLs = flag(key, value)
      case "known_prices": policy.knownPrices = flag(key, value)
      default: break
      }
    }
    if !hasVersion {
      mistake(
        "KR0722", "the version is missing", at: root.span,
        suggestion: "begin the file with `keyreel_policy: 1`")
    }
  }

  // MARK: Rules

  /// `5.00 USD`, or `{at_most: 5.00 USD, level: warn}`.
  private mutating func price(
    _ key: Written<String>, _ value: PlainYAML
  ) -> Policy.Rule<PipelineDocument.Price>? {
    guard let (inner, level) = leveled(value, "at_most", key.value) else { return nil }
    return amount(inner, key.value).map { Policy.Rule($0, level, at: key.span) }
  }

  private mutating func increase(
    _ key: Written<String>, _ value: PlainYAML
  ) -> Policy.Rule<Policy.Increase>? {
    let known = ["amount", "percent", "level"]
    guard let entries = entries(value, "`max_increase`", known) else { return nil }
    var limit = Policy.Increase(amount: nil, millipercent: nil)
    var level = Policy.Level.deny
    for entry in entries {
      switch entry.key.value {
      case "amount": limit.amount = amount(entry.value, "amount")
      case "percent": limit.millipercent = percent(entry.value)
      default: level = self.level(entry.value) ?? level
      }
    }
    guard entries.contains(where: { $0.key.value != "level" }) else {
      mistake(
        "KR0721", "`max_increase` needs an `amount` or a `percent`", at: value.span,
        suggestion: "for example `max_increase: {amount: 5.00 USD, percent: 25}`")
      return nil
    }
    return Policy.Rule(limit, level, at: key.span)
  }

  private mutating func names(
    _ key: Written<String>, _ value: PlainYAML
  ) -> Policy.Rule<[String]>? {
    guard let (inner, level) = leveled(value, "allowed", key.value) else { return nil }
    guard case .list(let items) = inner.content else {
      wrong(key.value, "a list of names", inner)
      return nil
    }
    let names = items.compactMap { item -> String? in
      if case .text(let text) = item.content { return text }
      wrong(key.value, "a list of names", item)
      return nil
    }
    return Policy.Rule(names, level, at: key.span)
  }

  /// `deny`, `warn`, or `off`.
  private mutating func flag(_ key: Written<String>, _ value: PlainYAML) -> Policy.Rule<Bool>? {
    if case .text("off") = value.content { return nil }
    guard case .text(let word) = value.content, let level = Policy.Level(rawValue: word) else {
      wrong(key.value, "`deny`, `warn` or `off`", value)
      return nil
    }
    return Policy.Rule(true, level, at: key.span)
  }

  // MARK: Values

  /// The value under `name` and the level beside it, or the value itself, which is denied.
  private mutating func leveled(
    _ value: PlainYAML, _ name: String, _ key: String
  ) -> (PlainYAML, Policy.Level)? {
    guard case .mapping = value.content else { return (value, .deny) }
    guard let entries = entries(value, "`\(key)`", [name, "level"]) else { return nil }
    guard let inner = entries.first(where: { $0.key.value == name })?.value else {
      mistake("KR0721", "`\(key)` needs `\(name)`", at: value.span)
      return nil
    }
    let level = entries.first { $0.key.value == "level" }
    guard let level else { return (inner, .deny) }
    return self.level(level.value).map { (inner, $0) }
  }

  private mutating func level(_ value: PlainYAML) -> Policy.Level? {
    if case .text(let word) = value.content, let level = Policy.Level(rawValue: word) {
      return level
    }
    wrong("level", "`warn` or `deny`", value)
    return nil
  }

  private mutating func amount(_ value: PlainYAML, _ key: String) -> PipelineDocument.Price? {
    if case .text(let text) = value.content {
      let parts = text.split(separator: " ")
      if parts.count == 2, let amount = Money(decimal: parts[0]), amount >= .zero,
        parts[1].utf8.count == 3, parts[1].utf8.allSatisfy({ (65...90).contains($0) })
      {
        return PipelineDocument.Price(amount: amount, currency: String(parts[1]))
      }
    }
    wrong(key, "an amount with its currency, such as `5.00 USD`", value)
    return nil
  }

  private mutating func percent(_ value: PlainYAML) -> Int? {
    let number: Double? =
      switch value.content {
      case .integer(let number): Double(number)
      case .number(let number): number
      default: nil
      }
    guard let number, (0...100_000).contains(number) else {
      wrong("percent", "a number such as `25`", value)
      return nil
    }
    return Int((number * 1000).rounded())
  }

  // MARK: Mistakes

  /// The entries of a mapping; unknown keys are told, and all others are still looked at.
  private mutating func entries(
    _ value: PlainYAML, _ what: String, _ known: [String]
  ) -> [PlainYAML.Entry]? {
    guard case .mapping(let entries) = value.content else {
      mistake("KR0721", "\(what) is a mapping, not \(value.noun)", at: value.span)
      return nil
    }
    for entry in entries where !known.contains(entry.key.value) {
      mistake(
        "KR0720", "\(what) has no `\(entry.key.value)`", at: entry.key.span,
        suggestion: Spelling.suggestion(for: entry.key.value, among: known)
          ?? "there are \(known.map { "`\($0)`" }.joined(separator: ", "))")
    }
    return entries.filter { known.contains($0.key.value) }
  }

  private mutating func wrong(_ key: String, _ wanted: String, _ value: PlainYAML) {
    mistake("KR0721", "`\(key)` is \(wanted), not \(value.noun)", at: value.span)
  }

  private mutating func mistake(
    _ code: String, _ message: String, at span: SourceSpan, suggestion: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(.error, code, message, file: file, at: span, suggestion: suggestion))
  }
}
