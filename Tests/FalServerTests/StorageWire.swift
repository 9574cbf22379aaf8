import FalProtocol
import Glibc
import KeyreelCore
import SystemPackage

/// Why a test's connection failed.
struct WireFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// An answer as it came over the wire.
struct WireAnswer: Sendable {
  var status = 0
  var headers: [(name: String, value: String)] = []
  var body: [UInt8] = []

  /// The first value of a header.
  subscript(name: String) -> String? {
    headers.first { $0.name == name.lowercased() }?.value
  }

  /// The body as JSON; `null` when it is none.
  var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

  var text: String { String(decoding: body, as: UTF8.self) }
}

/// One connection of plain HTTP/1.1, byte by byte in the hands of the test.
final class WireConnection {
  /// Seconds for one piece of an answer, on a machine that is busy with other tests.
  private static let patience = 120
  private let socket: Int32
  private var buffer: [UInt8] = []

  init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var wait = timeval(tv_sec: Self.patience, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw WireFailure("cannot connect: \(errno)") }
  }

  deinit { close(socket) }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw WireFailure("the server closed: \(errno)") }
      rest = rest.dropFirst(count)
    }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// Ends the connection at once, without the usual farewell.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    shutdown(socket, Int32(SHUT_RDWR))
  }

  /// Says that nothing more will be sent.
  func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// Reads one answer; one to `HEAD` has no body whatever its headers say.
  func answer(toHead: Bool = false) throws -> WireAnswer {
    var answer = WireAnswer()
    let head = try line().split(separator: " ", maxSplits: 2)
    guard head.count >= 2, let status = Int(head[1]) else { throw WireFailure("no status line") }
    answer.status = status
    while case let line = try line(), !line.isEmpty {
      let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      answer.headers.append(
        (
          halves[0].lowercased(),
          String(halves.last?.drop { $0 == " " } ?? "")
        ))
    }
    if toHead || status == 304 || status == 204 { return answer }
    if answer["transfer-encoding"] == "chunked" {
      while case let count = try Int(line(), radix: 16) ?? 0, count > 0 {
        answer.body += try take(count)
        _ = try line()
      }
      _ = try line()
    } else {
      answer.body = try take(answer["content-length"].flatMap { Int($0) } ?? 0)
    }
    return answer
  }

  /// Whether the server ends the connection without another byte.
  func isClosed() -> Bool { buffer.isEmpty && (try? fill()) == nil }

  private func line() throws -> String {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        let line = buffer[..<end].filter { $0 != 13 }
        buffer.removeFirst(end + 1)
        return String(decoding: line, as: UTF8.self)
      }
      try fill()
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while buffer.count < count { try fill() }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  private func fill() throws {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    let count = piece.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { throw WireFailure("no answer came: error \(errno)") }
    guard count > 0 else { throw WireFailure("the server closed the connection") }
    buffer += piece[..<count]
  }
}

extension StorageTestServer {
  /// Sends one request on a connection of its own and reads the answer.
  func call(
    _ method: String, _ path: String, host: String? = nil, headers: [String: String] = [:],
    body: [UInt8]? = nil
  ) async throws -> WireAnswer {
    let port = port
    return try await OwnThread.run { _ in
      let connection = try WireConnection(port: port)
      var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\n"
      for (name, value) in headers { head += "\(name): \(value)\r\n" }
      if let body { head += "Content-Length: \(body.count)\r\n" }
      try connection.send(Array((head + "\r\n").utf8) + (body ?? []))
      return try connection.answer(toHead: method == "HEAD")
    }
  }

  /// Sends a JSON body with this server's key, unless `headers` say otherwise.
  func post(
    _ path: String, _ json: JSONValue, host: String? = nil, headers: [String: String] = [:]
  ) async throws -> WireAnswer {
    let all = ["Authorization": "Key \(key)", "Content-Type": "application/json"]
      .merging(headers) { $1 }
    return try await call("POST", path, host: host, headers: all, body: json.bytes)
  }

  /// Reads with this server's key.
  func get(_ path: String, headers: [String: String] = [:]) async throws -> WireAnswer {
    try await call(
      "GET", path, headers: ["Authorization": "Key \(key)"].merging(headers) { $1 })
  }

  /// The path of an address of this server.
  func path(of url: String?) throws -> String {
    let base = "http://127.0.0.1:\(port)"
    guard let url, url.hasPrefix(base) else {
      throw WireFailure("\(url ?? "nothing") is no address of this server")
    }
    return String(url.dropFirst(base.count))
  }

  /// Uploads `bytes` in one piece with the key; returns the path to read them at.
  func upload(
    _ bytes: [UInt8], name: String = "a.png", type: String = "image/png",
    headers: [String: String] = [:]
  ) async throws -> String {
    let answer = try await call(
      "POST", "/media/files/upload",
      headers: [
        "Authorization": "Key \(key)", "Content-Type": type, "X-Fal-File-Name": name,
      ].merging(headers) { $1 }, body: bytes)
    guard answer.status == 200 else { throw WireFailure("\(answer.status) \(answer.text)") }
    return try path(of: answer.json["access_url"]?.stringValue)
  }
}
