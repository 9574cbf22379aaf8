/// A request that the server of live pages understands: a path, and perhaps a range of bytes.
struct LiveRequest: Equatable {
  /// The path without its query.
  let path: String
  /// Whether only the head of the answer is wanted.
  let isHead: Bool
  /// The value of `Range`.
  let range: String?

  /// Why a request is not answered.
  enum Refusal: Int, Error {
    /// It is no request that can be read.
    case malformed = 400
    /// It comes for another host: a page elsewhere may have had its name led here.
    case foreign = 403
    /// It wants to change something.
    case method = 405

    var text: String {
      switch self {
      case .malformed: "Bad Request"
      case .foreign: "Forbidden"
      case .method: "Method Not Allowed"
      }
    }
  }

  /// Reads the head of a request that came to `port` of this machine.
  init(_ head: some Sequence<UInt8>, port: UInt16) throws(Refusal) {
    let lines = String(decoding: Array(head), as: UTF8.self).split(
      whereSeparator: \.isNewline)
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else {
      throw .malformed
    }
    guard words[0] == "GET" || words[0] == "HEAD" else { throw .method }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { throw .malformed }
      let name = line[..<colon].lowercased()
      guard fields[name] == nil || name != "host" else { throw .malformed }
      fields[name] = line[line.index(after: colon)...].split(separator: " ").joined(separator: " ")
    }
    guard ["127.0.0.1:\(port)", "localhost:\(port)"].contains(fields["host"]?.lowercased() ?? "")
    else { throw .foreign }
    path = String(words[1].prefix { $0 != "?" })
    isHead = words[0] == "HEAD"
    range = fields["range"]
  }

  /// The bytes that are wanted of a file of `size` bytes; `nil` for all of them.
  ///
  /// Ranges that cannot be read count as none, which is allowed.
  func bytes(of size: Int) -> Range<Int>? {
    guard let range, range.hasPrefix("bytes="), !range.contains(",") else { return nil }
    let ends = range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else { return nil }
    switch (Int(ends[0]), Int(ends[1])) {
    case (let first?, let last?) where first <= last && first < size:
      return first..<min(last, size - 1) + 1
    case (let first?, nil) where ends[1].isEmpty && first < size: return first..<size
    case (nil, let count?) where ends[0].isEmpty && count > 0 && size > 0:
      return max(0, size - count)..<size
    default: return nil
    }
  }
}
