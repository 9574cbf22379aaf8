/// What a SubRip file (`.srt`) says: times and words, in the order of the file.
public struct SubRipFile: Hashable, Sendable {
  /// One caption as it is written.
  public struct Cue: Hashable, Sendable, Codable {
    /// When it comes, in milliseconds from the film's beginning.
    public var start: Int
    /// When it goes.
    public var end: Int
    /// The words without formatting; lines end with line feeds.
    public var text: String
    /// 1-based line of its times.
    public var line: Int

    /// `text` from `start` until `end`, written at `line`.
    public init(start: Int, end: Int, text: String, line: Int) {
      self.start = start
      self.end = end
      self.text = text
      self.line = line
    }
  }

  /// What is wrong with a file, and where.
  public struct Fault: Error, Hashable, Sendable {
    /// 1-based line.
    public var line: Int
    /// One sentence without a full stop.
    public var message: String
  }

  /// Bytes of the longest file that is read: a film of a day has less.
  public static let limit = 4 << 20

  /// The captions.
  public let cues: [Cue]
  /// How many of them had formatting, which is left out.
  public let formatted: Int

  /// Reads `bytes`, UTF-8 with or without a byte order mark, with any line ends.
  public init(_ bytes: some Collection<UInt8>) throws(Fault) {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes.dropFirst(0)
    guard let text = String(validating: start, as: UTF8.self) else {
      throw Fault(line: Self.brokenLine(start), message: "the text is not UTF-8")
    }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.trimmingSpaces }
    var reader = Reader(lines: lines)
    try reader.read()
    cues = reader.cues
    formatted = reader.formatted
  }

  private static func brokenLine(_ bytes: some Collection<UInt8>) -> Int {
    var line = 1
    for part in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      if String(validating: part, as: UTF8.self) == nil { break }
      line += 1
    }
    return line
  }

  private struct Reader {
    let lines: [Substring]
    var cues: [Cue] = []
    var formatted = 0
    private var place = 0

    init(lines: [Substring]) { self.lines = lines }

    mutating func read() throws(Fault) {
      while skipEmpty() {
        // The number is for people; many files count wrongly.
        if !lines[place].contains("-->"), Int(lines[place]) != nil { place += 1 }
        guard place < lines.count, let times = Self.times(lines[place]) else {
          throw Fault(
            line: min(place, lines.count - 1) + 1,
            message: "times such as `00:00:01,000 --> 00:00:02,500` are wanted here")
        }
        guard times.start < times.end else {
          throw Fault(line: place + 1, message: "the caption ends before it begins")
        }
        try readText(times)
      }
      if cues.isEmpty { throw Fault(line: 1, message: "there are no captions in it") }
    }

    private mutating func readText(_ times: (start: Int, end: Int)) throws(Fault) {
      let line = place + 1
      place += 1
      var words: [String] = []
      while place < lines.count, !lines[place].isEmpty {
        words.append(String(lines[place]))
        place += 1
      }
      let written = words.joined(separator: "\n")
      let text = SubRipTags.removed(from: written)
      if text != written { formatted += 1 }
      guard text.contains(where: { !$0.isWhitespace }) else {
        throw Fault(line: line, message: "the caption has no words")
      }
      cues.append(Cue(start: times.start, end: times.end, text: text, line: line))
    }

    private mutating func skipEmpty() -> Bool {
      while place < lines.count, lines[place].isEmpty { place += 1 }
      return place < lines.count
    }

    private static func times(_ line: Substring) -> (start: Int, end: Int)? {
      guard let arrow = line.firstRange(of: "-->") else { return nil }
      // What stands behind the times (`X1:…`) tells old players a place; ours is the author's.
      let behind = line[arrow.upperBound...].trimmingSpaces.prefix { !$0.isWhitespace }
      guard let start = time(line[..<arrow.lowerBound].trimmingSpaces), let end = time(behind)
      else { return nil }
      return (start, end)
    }

    /// `01:02:03,456` in milliseconds.
    private static func time(_ text: Substring) -> Int? {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 3 else { return nil }
      let seconds = parts[2].split(omittingEmptySubsequences: false) { $0 == "," || $0 == "." }
      guard seconds.count == 2, seconds[1].utf8.count == 3,
        let hours = number(parts[0]), let minutes = number(parts[1]), minutes < 60,
        let whole = number(seconds[0]), whole < 60, let rest = number(seconds[1])
      else { return nil }
      return ((hours * 60 + minutes) * 60 + whole) * 1000 + rest
    }

    private static func number(_ text: Substring) -> Int? {
      guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) })
      else { return nil }
      return Int(text)
    }
  }
}

/// Formatting that SubRip files have of other formats: `<i>`, `<font …>`, `{\an8}`.
private enum SubRipTags {
  private static let names: Set<Substring> = ["i", "b", "u", "s", "font"]

  static func removed(from text: String) -> String {
    var (result, rest) = ("", text[...])
    while let start = rest.firstIndex(where: { $0 == "<" || $0 == "{" }) {
      result += rest[..<start]
      guard let end = tagEnd(rest[start...]) else {
        result.append(rest[start])
        rest = rest[rest.index(after: start)...]
        continue
      }
      rest = rest[end...]
    }
    return result + rest
  }

  /// Behind the tag with which `text` begins; `nil` when it is no tag.
  private static func tagEnd(_ text: Substring) -> Substring.Index? {
    let inside = text.dropFirst()
    if text.first == "{" {
      guard inside.first == "\\", let end = inside.firstIndex(of: "}") else { return nil }
      return text.index(after: end)
    }
    guard let end = inside.firstIndex(of: ">") else { return nil }
    let name = inside[..<end].drop { $0 == "/" }.prefix { $0.isLetter }
    return names.contains(Substring(name.lowercased())) ? text.index(after: end) : nil
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
