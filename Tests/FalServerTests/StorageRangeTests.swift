import FalProtocol
import KeyreelCore
import KeyreelTesting
import Testing

@testable import FalServer

@Suite("Files are read whole, in part, or not again")
struct StorageRanges {
  @Test("Every range is the same slice that the bytes have")
  func slices() async throws {
    try await StorageTestServer.run { server in
      var random = SplitMix(seed: 7)
      for size in [1, 2, 1000, 300_000] {
        let bytes = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let path = try await server.upload(bytes)
        for _ in 0..<12 {
          let (first, last) = (
            Int.random(in: 0...size * 2, using: &random),
            Int.random(in: 0...size * 2, using: &random)
          )
          for (header, range) in [
            ("bytes=\(first)-\(last)", Self.closed(first, last, size)),
            ("bytes=\(first)-", first < size ? first..<size : 0..<0),
            ("BYTES=-\(last)", last == 0 ? 0..<0 : max(0, size - last)..<size),
          ] {
            try await Self.check(server, path, header, bytes, range)
          }
        }
      }
    }
  }

  /// What RFC 9110 says of `first-last`: `nil` is no range at all, an empty one cannot be had.
  private static func closed(_ first: Int, _ last: Int, _ size: Int) -> Range<Int>? {
    guard first <= last else { return nil }
    return first < size ? first..<min(last, size - 1) + 1 : 0..<0
  }

  private static func check(
    _ server: StorageTestServer, _ path: String, _ header: String, _ bytes: [UInt8],
    _ range: Range<Int>?
  ) async throws {
    let answer = try await server.call("GET", path, headers: ["Range": header])
    switch range {
    case nil:
      #expect(answer.status == 200, "\(header) of \(bytes.count)")
      #expect(answer.body == bytes)
    case let range? where range.isEmpty:
      #expect(answer.status == 416, "\(header) of \(bytes.count)")
      #expect(answer["content-range"] == "bytes */\(bytes.count)")
    case let range?:
      #expect(answer.status == 206, "\(header) of \(bytes.count)")
      #expect(answer.body == Array(bytes[range]))
      #expect(
        answer["content-range"]
          == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)")
    }
  }

  @Test(
    "What is no single range of bytes is the whole file",
    arguments: [
      "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2,4-5", "items=1-2", "bytes 1-2", "bytes=1",
      "bytes=--1", "bytes=1-2-3", "bytes=+1-2", "bytes=0x1-2", "bytes= ", "", "bytes=٣-٤",
    ])
  func ignored(header: String) {
    #expect(ByteRange(header, size: 100) == .whole)
  }

  @Test("Numbers beyond all files are no reason to fail")
  func hugeNumbers() {
    let huge = String(repeating: "9", count: 5000)
    #expect(ByteRange("bytes=\(huge)-", size: 100) == .unsatisfiable)
    #expect(ByteRange("bytes=10-\(huge)", size: 100) == .part(10..<100))
    #expect(ByteRange("bytes=-\(huge)", size: 100) == .part(0..<100))
    #expect(ByteRange("bytes=\(Int.max)-\(Int.max)", size: 100) == .unsatisfiable)
    #expect(ByteRange("bytes=0-0", size: 0) == .unsatisfiable)
    #expect(ByteRange("bytes=-5", size: 0) == .whole)
    #expect(ByteRange("bytes=-0", size: 5) == .unsatisfiable)
    #expect(ByteRange("bytes= 1-2 ", size: 5) == .part(1..<3))
  }

  @Test("Conditions: not again when unchanged, a part only of the same file")
  func conditions() async throws {
    try await StorageTestServer.run { server in
      let path = try await server.upload(Array("hello, world".utf8))
      let tag = try #require(try await server.call("HEAD", path)["etag"])
      func status(_ headers: [String: String]) async throws -> (Int, String) {
        let answer = try await server.call("GET", path, headers: headers)
        return (answer.status, answer.text)
      }
      #expect(try await status(["If-None-Match": tag]) == (304, ""))
      #expect(try await status(["If-None-Match": "\"x\", W/\(tag)"]) == (304, ""))
      #expect(try await status(["If-None-Match": "*"]) == (304, ""))
      #expect(try await status(["If-None-Match": "\"x\""]) == (200, "hello, world"))
      #expect(try await status(["If-Match": tag]) == (200, "hello, world"))
      #expect(try await status(["If-Match": "\"x\", *"]) == (200, "hello, world"))
      #expect(try await status(["If-Match": "W/\(tag)"]).0 == 412)
      #expect(try await status(["If-Match": "\"x\""]).0 == 412)
      let range = ["Range": "bytes=0-4"]
      #expect(try await status(range.merging(["If-Range": tag]) { $1 }) == (206, "hello"))
      for other in ["\"x\"", "W/\(tag)", "Mon, 23 Nov 2026 10:00:00 GMT"] {
        #expect(
          try await status(range.merging(["If-Range": other]) { $1 }) == (200, "hello, world"))
      }
    }
  }

  @Test("HEAD tells all and sends nothing; the connection goes on")
  func head() async throws {
    try await StorageTestServer.run { server in
      let path = try await server.upload([UInt8](repeating: 1, count: 1234))
      let port = server.port
      let answers = try await OwnThread.run { _ in
        let connection = try WireConnection(port: port)
        let host = "Host: 127.0.0.1:\(port)\r\n\r\n"
        try connection.send("HEAD \(path) HTTP/1.1\r\nRange: bytes=0-1\r\n\(host)")
        let head = try connection.answer(toHead: true)
        try connection.send("HEAD \(path)x HTTP/1.1\r\n\(host)")
        let missing = try connection.answer(toHead: true)
        try connection.send("GET \(path) HTTP/1.1\r\nIf-None-Match: *\r\n\(host)")
        let same = try connection.answer()
        try connection.send("GET \(path) HTTP/1.1\r\n\(host)")
        return [head, missing, same, try connection.answer()]
      }
      #expect(answers.map(\.status) == [200, 404, 304, 200])
      #expect(answers[0]["content-length"] == "1234")
      #expect(answers[0].headers.count == answers[3].headers.count)
      #expect(answers[3].body.count == 1234)
    }
  }

  @Test("An empty file is a file")
  func empty() async throws {
    try await StorageTestServer.run { server in
      let path = try await server.upload([])
      let answer = try await server.call("GET", path)
      #expect(answer.status == 200)
      #expect(answer["content-length"] == "0")
      #expect(try await server.call("GET", path, headers: ["Range": "bytes=0-"]).status == 416)
    }
  }

  @Test("Pages of other origins may read files and see the range")
  func browsers() async throws {
    try await StorageTestServer.run { server in
      let path = try await server.upload([1, 2, 3])
      let origin = ["Origin": "https://app.example", "Range": "bytes=1-1"]
      let answer = try await server.call("GET", path, headers: origin)
      #expect(answer.status == 206)
      #expect(answer["access-control-allow-origin"] == "*")
      let exposed = answer["access-control-expose-headers"] ?? ""
      for name in ["etag", "content-range", "accept-ranges"] { #expect(exposed.contains(name)) }
      let preflight = try await server.call(
        "OPTIONS", path,
        headers: ["Origin": "https://app.example", "Access-Control-Request-Method": "PUT"])
      #expect(preflight.status == 204)
    }
  }
}
