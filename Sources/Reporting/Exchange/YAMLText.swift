import KeyreelCore

/// A tree of values as YAML: block style, every text in double quotes, so that no reader takes one for
/// something else.
indirect enum YAMLText {
  case text(String)
  case whole(Int)
  case list([YAMLText])
  /// In this order; keys are plain words.
  case map([(key: String, value: YAMLText)])

  /// The document, with a line end behind it and `remark` as a comment before it.
  func document(_ remark: String) -> String {
    "# \(remark)\n" + lines.joined(separator: "\n") + "\n"
  }

  private var lines: [String] {
    switch self {
    case .text(let text): [Self.quoted(text)]
    case .whole(let number): ["\(number)"]
    case .list(let items) where items.isEmpty: ["[]"]
    case .list(let items):
      items.flatMap { item in
        item.lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
      }
    case .map(let members) where members.isEmpty: ["{}"]
    case .map(let members):
      members.flatMap { member in
        let lines = member.value.lines
        return member.value.isBlock
          ? ["\(member.key):"] + lines.map { "  " + $0 } : ["\(member.key): \(lines[0])"]
      }
    }
  }

  private var isBlock: Bool {
    switch self {
    case .text, .whole: false
    case .list(let items): !items.isEmpty
    case .map(let members): !members.isEmpty
    }
  }

  /// All that readers refuse raw, or take for the end of a line, is escaped (YAML 1.2, 5.1 and 5.4).
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: result += "\\\(scalar)"
      case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
        0x10000...0x10FFFF:
        result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result + "\""
  }
}
