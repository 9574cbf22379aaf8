/// Markdown for places with a limit, such as comments of 65,536 characters.
struct MarkdownText {
  /// The text so far.
  private(set) var text = ""
  private let limit: Int

  /// An empty text of at most `limit` bytes, lines that must be there included.
  init(limit: Int) { self.limit = limit }

  /// Adds a line that must be there.
  mutating func line(_ line: String = "") { text += line + "\n" }

  /// Adds as many of `rows` as fit when `reserve` bytes are kept free; returns how many were left out.
  mutating func rows(_ rows: some Sequence<String>, reserve: Int) -> Int {
    var omitted = 0
    for row in rows {
      // One that is left out leaves out all behind it: what is shown is the beginning.
      if omitted == 0, text.utf8.count + row.utf8.count + 1 <= limit - reserve {
        line(row)
      } else {
        omitted += 1
      }
    }
    return omitted
  }

  /// `text` as it stands, where nobody is called by name and nothing is markup.
  static func code(_ text: String) -> String {
    var plain = ""
    for scalar in text.unicodeScalars.prefix(200) {
      switch scalar {
      case "`": plain += "'"
      case "|": plain += "\\|"
      case "\n", "\r", "\t": plain += " "
      default: plain.unicodeScalars.append(contentsOf: DisplayWidth.harmless(scalar))
      }
    }
    return plain.allSatisfy { $0 == " " } ? "` `" : "`\(plain)`"
  }
}
