internal import KeyreelCore
internal import PipelineLanguage

/// The members of one mapping in a file of faults, taken out one by one with their types checked.
struct FaultFields {
  private let entries: [PlainYAML.Entry]
  private let title: String
  let span: SourceSpan

  /// Refuses what is no mapping and keys that are not among `keys`.
  init(_ value: PlainYAML, called title: String, knows keys: [String]) throws(FaultMistake) {
    guard case .mapping(let entries) = value.content else {
      throw FaultMistake(
        "\(title) is a mapping, not \(value.noun)", at: value.span,
        remedy: "write keys such as `\(keys[0]):`")
    }
    for entry in entries where !keys.contains(entry.key.value) {
      throw FaultMistake(
        "\(title) has no `\(entry.key.value)`", at: entry.key.span,
        remedy: Spelling.suggestion(for: entry.key.value, among: keys)
          ?? "there are \(keys.map { "`\($0)`" }.joined(separator: ", "))")
    }
    self.entries = entries
    self.title = title
    span = value.span
  }

  /// Which of `keys` stand there, in the order of the file.
  func present(_ keys: [String]) -> [PlainYAML.Entry] {
    entries.filter { keys.contains($0.key.value) }
  }

  func value(_ key: String) -> PlainYAML? { entries.first { $0.key.value == key }?.value }

  func text(_ key: String) throws(FaultMistake) -> String? {
    guard let value = value(key) else { return nil }
    guard case .text(let text) = value.content else { throw wrong(value, key, "is text") }
    return text
  }

  func whole(_ key: String, _ range: ClosedRange<Int>) throws(FaultMistake) -> Int? {
    guard let value = value(key) else { return nil }
    return try Self.whole(value, key, range)
  }

  static func whole(
    _ value: PlainYAML, _ key: String, _ range: ClosedRange<Int>
  ) throws(FaultMistake) -> Int {
    guard case .integer(let number) = value.content, range.contains(number) else {
      let limits =
        range.upperBound == .max
        ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      throw FaultMistake(
        "`\(key)` is a whole number \(limits), not \(value.noun)", at: value.span)
    }
    return number
  }

  func share(_ key: String) throws(FaultMistake) -> Double? {
    guard let value = value(key) else { return nil }
    let number: Double? =
      switch value.content {
      case .integer(let number): Double(number)
      case .number(let number): number
      default: nil
      }
    guard let number, (0...1).contains(number) else {
      throw wrong(value, key, "is a number from 0 to 1")
    }
    return number
  }

  func flag(_ key: String) throws(FaultMistake) -> Bool {
    guard let value = value(key) else { return false }
    guard case .boolean(let flag) = value.content else {
      throw wrong(value, key, "is `true` or `false`")
    }
    return flag
  }

  func list(_ key: String) throws(FaultMistake) -> [PlainYAML]? {
    guard let value = value(key) else { return nil }
    guard case .list(let items) = value.content else { throw wrong(value, key, "is a list") }
    return items
  }

  func time(_ key: String) throws(FaultMistake) -> Duration? {
    guard let value = value(key) else { return nil }
    return try Self.time(value, key)
  }

  static func time(_ value: PlainYAML, _ key: String) throws(FaultMistake) -> Duration {
    guard case .text(let text) = value.content,
      case .time(let nanoseconds)? = TimeLength(text), nanoseconds <= 86_400_000_000_000
    else {
      throw FaultMistake(
        "`\(key)` is a time of at most a day, not \(value.noun)", at: value.span,
        remedy: "write it like `250ms` or `1.5s`")
    }
    return .nanoseconds(nanoseconds)
  }

  private func wrong(_ value: PlainYAML, _ key: String, _ wants: String) -> FaultMistake {
    FaultMistake("`\(key)` \(wants), not \(value.noun)", at: value.span)
  }
}
