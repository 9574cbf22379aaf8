#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// One browser's connection: a request, an answer, and the end.
struct LiveConnection: Sendable {
  private let descriptor: FileDescriptor

  /// Heads are never longer than this.
  private static let headLimit = 16 << 10
  /// Browsers open connections ahead of need; an empty one is given up after so long.
  private static let headPatience = Duration.seconds(30)

  /// Takes over the open `socket`.
  init(_ socket: Int32) {
    descriptor = FileDescriptor(rawValue: socket)
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
    #if canImport(Darwin)
      var one: Int32 = 1
      setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &one, socklen_t(MemoryLayout<Int32>.size))
    #endif
  }

  func close() { try? descriptor.close() }

  /// Everything up to the empty line behind the request's head.
  func head(token: CancellationToken) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    let end = Array("\r\n\r\n".utf8)
    let deadline = ContinuousClock.now + Self.headPatience
    while bytes.count < Self.headLimit {
      try token.check()
      var place = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
      guard poll(&place, 1, 200) > 0 else {
        guard ContinuousClock.now < deadline else { throw LiveRequest.Refusal.malformed }
        continue
      }
      let count = try piece.withUnsafeMutableBytes { try descriptor.read(into: $0) }
      guard count > 0 else { throw LiveRequest.Refusal.malformed }
      bytes += piece[..<count]
      if bytes.suffix(count + 3).indices.contains(where: { bytes[$0...].starts(with: end) }) {
        return bytes
      }
    }
    throw LiveRequest.Refusal.malformed
  }

  /// Sends the page or the film that is asked for.
  func answer(
    _ request: LiveRequest, with pages: LivePages, token: CancellationToken
  ) throws {
    if request.path == "/" {
      let page = pages.page
      try begin(type: "text/html; charset=utf-8", length: page.count)
      if !request.isHead { try descriptor.writeAll(page) }
    } else if let film = pages.film(at: request.path) {
      try send(film, request, token)
    } else {
      try refuse(404, "Not Found")
    }
  }

  private func send(_ film: FilePath, _ request: LiveRequest, _ token: CancellationToken) throws {
    let file = try FileDescriptor.open(film, .readOnly, options: .closeOnExec)
    defer { try? file.close() }
    let size = Int(try file.seek(offset: 0, from: .end))
    let part = request.bytes(of: size)
    try begin(type: "video/mp4", length: part?.count ?? size, part: part, of: size)
    guard !request.isHead else { return }
    var piece = [UInt8](repeating: 0, count: 1 << 17)
    var place = part ?? 0..<size
    while !place.isEmpty {
      try token.check()
      let count = try piece.withUnsafeMutableBytes { bytes in
        try file.read(
          fromAbsoluteOffset: Int64(place.lowerBound),
          into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(place.count)))
      }
      guard count > 0 else { return }
      try descriptor.writeAll(piece[..<count])
      place = place.lowerBound + count..<place.upperBound
    }
  }

  /// The head of an answer; without a length it goes on until the connection ends.
  func begin(
    type: String, length: Int? = nil, part: Range<Int>? = nil, of size: Int = 0
  ) throws {
    var lines = [part == nil ? "HTTP/1.1 200 OK" : "HTTP/1.1 206 Partial Content"]
    lines.append("Content-Type: \(type)")
    if let length { lines.append("Content-Length: \(length)") }
    if let part {
      lines.append("Content-Range: bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)")
    }
    lines += [
      "Accept-Ranges: bytes", "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
      "X-Frame-Options: DENY", "Cross-Origin-Resource-Policy: same-origin", "Connection: close",
    ]
    try send(lines.joined(separator: "\r\n") + "\r\n\r\n")
  }

  /// Says that there is no answer.
  func refuse(_ status: Int, _ text: String) throws {
    try send(
      "HTTP/1.1 \(status) \(text)\r\nContent-Type: text/plain\r\nContent-Length: \(text.utf8.count)\r\n"
        + "Connection: close\r\n\r\n\(text)")
  }

  /// Sends `text` as it is.
  func send(_ text: String) throws { try descriptor.writeAll(text.utf8) }
}
