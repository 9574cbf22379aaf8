/// Reads whole numbers from texts as Pydantic does: `30`, ` +30 `, `1_800`, `30.00`.
enum WholeNumberText {
  static func read(_ text: String) -> LaxValue.Outcome<Int> {
    var digits = WhiteSpace.trimmed(Substring(text))
    guard digits.utf8.count <= 4300 else { return .unreadable }
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
    if let point = digits.firstIndex(of: ".") {
      let zeros = digits[digits.index(after: point)...]
      guard !zeros.isEmpty, zeros.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else {
        return .unreadable
      }
      digits = digits[..<point]
    }
    guard let plain = Underscores.removed(digits), !plain.isEmpty,
      plain.utf8.allSatisfy({ (48...57).contains($0) })
    else { return .unreadable }
    return Int((isNegative ? "-" : "") + plain).map { .value($0) }
      ?? .beyond(isNegative: isNegative)
  }
}

/// Reads numbers from texts as Pydantic does: `0.8`, ` 1e3 `, `.5`, `inf`.
enum NumberText {
  static func read(_ text: String) -> Double? {
    let trimmed = WhiteSpace.trimmed(Substring(text))
    guard trimmed.utf8.count <= 4300, let plain = Underscores.removed(trimmed) else { return nil }
    let isSpelt = plain.utf8.allSatisfy {
      (48...57).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
    }
    if isSpelt { return Double(plain) }
    switch plain.lowercased().drop(while: { $0 == "+" || $0 == "-" }) {
    case "inf", "infinity": return .infinity
    case "nan": return .nan
    default: return nil
    }
  }
}

/// Underscores between digits mean nothing; anywhere else they are a mistake.
enum Underscores {
  static func removed(_ text: some StringProtocol) -> String? {
    guard text.utf8.contains(UInt8(ascii: "_")) else { return String(text) }
    let groups = Substring(text).split(separator: "_", omittingEmptySubsequences: false)
    for (left, right) in zip(groups, groups.dropFirst()) {
      guard let last = left.utf8.last, let first = right.utf8.first,
        (48...57).contains(last), (48...57).contains(first)
      else { return nil }
    }
    return groups.joined()
  }
}

/// White space around a text.
enum WhiteSpace {
  static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.unicodeScalars.first, first.properties.isWhitespace {
      text.unicodeScalars.removeFirst()
    }
    while let last = text.unicodeScalars.last, last.properties.isWhitespace {
      text.unicodeScalars.removeLast()
    }
    return text
  }
}
