/// What of a faulty input is shown in the answer.
///
/// fal shows all of it; long texts and lists are cut here, so that an answer about two pictures inside
/// the input is not many times as large as the input.
enum Echo {
  /// The longest text that is shown whole, in Unicode scalars.
  static let longestText = 1000
  /// How many characters and values are shown in all.
  static let wholeBudget = 20_000

  static func of(_ value: JSONValue) -> JSONValue {
    var budget = wholeBudget
    return cut(value, &budget)
  }

  private static func cut(_ value: JSONValue, _ budget: inout Int) -> JSONValue {
    budget -= 1
    switch value {
    case .string(let text): return .string(cut(text, &budget))
    case .number(let literal) where literal.utf8.count > longestText:
      return .string(cut(literal, &budget))
    case .array(let values):
      var shown: [JSONValue] = []
      for value in values where budget > 0 { shown.append(cut(value, &budget)) }
      return .array(shown)
    case .object(let object):
      var shown: [JSONObject.Member] = []
      for member in object.members where budget > 0 {
        shown.append(.init(cut(member.key, &budget), cut(member.value, &budget)))
      }
      return .object(JSONObject(distinct: shown))
    default: return value
    }
  }

  private static func cut(_ text: String, _ budget: inout Int) -> String {
    guard text.utf8.count > longestText else {
      budget -= text.utf8.count
      return text
    }
    let start = String(text.unicodeScalars.prefix(longestText))
    budget -= start.utf8.count
    return start.utf8.count < text.utf8.count ? start + "…" : text
  }
}
