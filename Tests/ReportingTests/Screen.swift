/// What a terminal shows after the few sequences that the reporter writes.
struct Screen {
  private(set) var lines: [String] = []
  private(set) var widest = 0

  init(_ text: String) {
    var row = 0
    var column = 0
    var rest = Substring(text)
    while let character = rest.first {
      if let match = rest.prefixMatch(of: /\u{1B}\[(\??[0-9]*)([A-Za-z])/) {
        rest = rest[match.range.upperBound...]
        switch match.2 {
        case "A": row = max(0, row - (Int(match.1) ?? 1))
        case "K": if row < lines.count { lines[row] = String(lines[row].prefix(column)) }
        case "J":
          if row < lines.count {
            lines.removeSubrange((row + 1)...)
            lines[row] = String(lines[row].prefix(column))
          }
        default: break
        }
        continue
      }
      rest = rest.dropFirst()
      while lines.count <= row { lines.append("") }
      switch character {
      case "\n":
        row += 1
        column = 0
      case "\r": column = 0
      default:
        lines[row] =
          String(lines[row].prefix(column)) + String(character)
          + String(lines[row].dropFirst(column + 1))
        column += 1
        widest = max(widest, column)
      }
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
  }
}
