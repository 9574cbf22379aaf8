internal import FalProtocol

/// A JSON input in one form for equal ones: sorted keys, numbers by their exact value.
public struct CanonicalInput: Hashable, Sendable {
  /// The canonical text.
  public let text: String

  /// Reads `json`; `nil` when it is none.
  public init?(_ json: String) {
    guard let value = try? JSONValue(parsing: Array(json.utf8)) else { return nil }
    self.init(value)
  }

  init(_ value: JSONValue) { text = Self.canonical(value).text }

  private static func canonical(_ value: JSONValue) -> JSONValue {
    switch value {
    case .integer(let integer): .number(Self.number(String(integer)))
    case .number(let literal): .number(Self.number(literal))
    case .array(let values): .array(values.map(canonical))
    case .object(let object):
      .object(
        JSONObject(
          object.members.map { ($0.key, canonical($0.value)) }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }))
    case .null, .bool, .string: value
    }
  }

  /// A decimal as digits without zeros at either end and a power of ten: `0.80` is `8e-1`.
  private static func number(_ literal: String) -> String {
    let halves = literal.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    guard let mantissa = halves.first, let exponent = halves.count == 2 ? Int(halves[1]) : 0
    else { return literal }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1] : ""
    var digits = Substring((parts.first ?? "").drop { $0 == "-" || $0 == "+" } + fraction)
    digits = digits.drop { $0 == "0" }
    var (power, overflows) = exponent.subtractingReportingOverflow(fraction.count)
    while digits.last == "0" {
      digits.removeLast()
      let next = power.addingReportingOverflow(1)
      (power, overflows) = (next.partialValue, overflows || next.overflow)
    }
    if digits.isEmpty { return "0" }
    if overflows { return literal }
    return "\(mantissa.hasPrefix("-") ? "-" : "")\(digits)e\(power)"
  }
}
