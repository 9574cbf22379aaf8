import KeyreelCore

/// Looks at single characters of the source, for advice on why YAML could not be read.
struct SourceLines {
  private let bytes: UnsafeBufferPointer<UInt8>

  /// Lines of `bytes`, which must outlive this value.
  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The text of 1-based `line` without its line end; at most 400 bytes of it.
  func text(of line: Int) -> String {
    var start = bytes.startIndex
    for _ in 1..<max(1, line) {
      guard let end = bytes[start...].firstIndex(of: 10) else { return "" }
      start = end + 1
    }
    let rest = bytes[start...].prefix(400)
    let end = rest.firstIndex(of: 10) ?? rest.endIndex
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  /// The character at `place`, or `nil` behind the end of its line.
  func character(at place: SourceSpan.Place) -> Unicode.Scalar? {
    text(of: place.line).unicodeScalars.dropFirst(place.column - 1).first
  }

  /// The place of the first tab in the line's indentation.
  func tab(in line: Int) -> SourceSpan? {
    let head = text(of: line).unicodeScalars.prefix { $0 == " " || $0 == "\t" }
    guard let tab = head.firstIndex(of: "\t") else { return nil }
    return SourceSpan(line: line, column: head.distance(from: head.startIndex, to: tab) + 1)
  }
}
