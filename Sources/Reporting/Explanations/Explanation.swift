/// What a diagnostic code means, for `keyreel explain` and `docs/diagnostics.md`.
public struct Explanation: Hashable, Sendable {
  /// The stable code, `KR0012`.
  public let code: String
  /// What it means, as a sentence.
  public let meaning: String
  /// What to do about it, as a sentence.
  public let remedy: String

  init(_ code: String, _ meaning: String, _ remedy: String) {
    self.code = code
    self.meaning = meaning
    self.remedy = remedy
  }

  /// All codes in their order.
  public static let all: [Explanation] =
    text + structure + names + plan + files + savedPlans + locks + policies

  /// The explanation of a code, however it is written: `KR0012`, `kr12`, `12`.
  public static func of(_ name: String) -> Explanation? {
    let digits = name.uppercased().hasPrefix("KR") ? name.dropFirst(2) : name[...]
    guard let number = Int(digits), number >= 0 else { return nil }
    return all.first { Int($0.code.dropFirst(2)) == number }
  }
}
