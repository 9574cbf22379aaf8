/// How many columns text takes on a terminal.
enum DisplayWidth {
  static func of(_ text: String) -> Int {
    isPlain(text) ? text.utf8.count : text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  /// Whether the text is printable ASCII, which most text is.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
  }

  /// Nothing for marks that stand on the character before, two for wide characters, one for others.
  static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// The blocks of wide and full-width characters (Unicode Standard Annex 11).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18AFF, 0x1B000...0x1B2FF, 0x20000...0x3FFFD,
  ]

  /// The text without anything that could steer a terminal; tabs become two spaces.
  static func harmless(_ text: String) -> String {
    if isPlain(text) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(contentsOf: harmless(scalar)) }
    return String(result)
  }

  /// One scalar as it may be shown.
  static func harmless(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    if scalar == "\t" { return "  ".unicodeScalars }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return "\u{FFFD}".unicodeScalars
    // Marks that turn the writing direction can make text read as something else.
    case .format
    where (0x202A...0x202E).contains(scalar.value)
      || (0x2066...0x2069).contains(scalar.value):
      return "\u{FFFD}".unicodeScalars
    default:
      var view = String.UnicodeScalarView()
      view.append(scalar)
      return view
    }
  }

  /// The text in at most `width` columns, ending in `…` when something had to go.
  static func clipped(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    guard width > 0 else { return "" }
    var result = String.UnicodeScalarView()
    var used = 0
    for scalar in text.unicodeScalars {
      let columns = of(scalar)
      if used + columns > width - 1 { break }
      used += columns
      result.append(scalar)
    }
    return String(result) + "…"
  }
}
