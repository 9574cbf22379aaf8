internal import FalProtocol
internal import NIOCore

/// What a client asks of the CONNECT proxy.
enum ConnectRequest: Equatable {
  /// A tunnel to one of fal's hosts.
  case tunnel
  /// Anything else, with the status line's words and a sentence.
  case refused(String, String)

  /// The head of a request while it arrives.
  struct Head {
    /// More than any client sends to a proxy.
    static let limit = 16 << 10

    private var bytes = ByteBuffer()
    private var end: Int?

    /// Whether more bytes are needed.
    var isOpen: Bool { end == nil && bytes.readableBytes <= Self.limit }

    /// The lines up to the empty one; `nil` when it has not come.
    fileprivate var lines: String? {
      end.flatMap { bytes.getString(at: bytes.readerIndex, length: $0) }
    }

    /// What came behind the head: the client's first words to the host.
    var rest: ByteBuffer {
      guard let end else { return ByteBuffer() }
      return bytes.getSlice(
        at: bytes.readerIndex + end + 4, length: bytes.readableBytes - end - 4) ?? ByteBuffer()
    }

    /// Takes what has arrived.
    mutating func append(_ piece: ByteBuffer) {
      // The empty line may begin in the piece before.
      let start = max(0, bytes.readableBytes - 3)
      bytes.writeImmutableBuffer(piece)
      let view = bytes.readableBytesView.dropFirst(start)
      let mark: [UInt8] = [13, 10, 13, 10]
      guard let found = view.firstRange(of: mark) else { return }
      let offset = found.lowerBound - bytes.readableBytesView.startIndex
      if offset <= Self.limit { end = offset }
    }
  }

  /// Reads a head; the host must be exactly one of fal's, the port 443.
  init(_ head: Head) {
    guard let lines = head.lines else {
      self = .refused(
        "431 Request Header Fields Too Large", "The request's head is too long or cut off.")
      return
    }
    let line = lines.prefix { $0 != "\r\n" }.split(separator: " ", omittingEmptySubsequences: false)
    guard line.count == 3, line[2] == "HTTP/1.1" || line[2] == "HTTP/1.0" else {
      self = .refused("400 Bad Request", "This is not an HTTP request.")
      return
    }
    guard line[0] == "CONNECT" else {
      self = .refused(
        "405 Method Not Allowed", "This proxy knows CONNECT only: use https addresses.")
      return
    }
    let target = line[1].split(separator: ":", omittingEmptySubsequences: false)
    guard target.count == 2, target[1] == "443", FalService(host: target[0]) != nil else {
      self = .refused("403 Forbidden", "This proxy leads to fal's hosts only, on port 443.")
      return
    }
    self = .tunnel
  }

  /// An answer that ends the connection.
  static func answer(_ status: String, _ sentence: String) -> ByteBuffer {
    ByteBuffer(
      string: """
        HTTP/1.1 \(status)\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: \(sentence.utf8.count + 1)\r
        Connection: close\r
        \r
        \(sentence)

        """)
  }
}
