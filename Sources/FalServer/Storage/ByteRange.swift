/// What the header `Range` asks for of a file (RFC 9110, section 14).
enum ByteRange: Hashable {
  /// All of it: there is no header, or one that is to be ignored.
  case whole
  /// These bytes, at least one.
  case part(Range<Int>)
  /// Bytes that the file does not have.
  case unsatisfiable

  /// Reads the header for a file of `size` bytes.
  ///
  /// Several ranges, other units and broken syntax mean the whole file, as the RFC allows.
  init(_ header: String?, size: Int) {
    guard let header, let set = Self.byteSet(header), !set.contains(",") else {
      self = .whole
      return
    }
    let ends = set.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else {
      self = .whole
      return
    }
    switch (Self.number(ends[0]), Self.number(ends[1])) {
    case (let first?, let last?) where first <= last: self = Self.from(first, upTo: last, size)
    case (let first?, nil) where ends[1].isEmpty: self = Self.from(first, upTo: .max, size)
    case (nil, let count?) where ends[0].isEmpty: self = Self.last(count, size)
    default: self = .whole
    }
  }

  private static func from(_ first: Int, upTo last: Int, _ size: Int) -> ByteRange {
    guard first < size else { return .unsatisfiable }
    return .part(first..<min(last, size - 1) + 1)
  }

  private static func last(_ count: Int, _ size: Int) -> ByteRange {
    guard count > 0 else { return .unsatisfiable }
    // The last bytes of nothing are nothing, which no range can say.
    return size == 0 ? .whole : .part(max(0, size - count)..<size)
  }

  /// What follows `bytes=`.
  private static func byteSet(_ header: String) -> Substring? {
    let halves = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, halves[0].lowercased() == "bytes" else { return nil }
    var set = halves[1]
    while set.first == " " || set.first == "\t" { set.removeFirst() }
    while set.last == " " || set.last == "\t" { set.removeLast() }
    return set
  }

  /// A number of digits alone; those that are too large for a file are the largest there is.
  private static func number(_ digits: Substring) -> Int? {
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(digits) ?? .max
  }
}
