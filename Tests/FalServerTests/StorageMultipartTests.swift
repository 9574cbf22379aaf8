import FalProtocol
import FalQueue
import KeyreelCore
import KeyreelTesting
import Testing

@Suite("Files in parts are whole or not there")
struct StorageMultipart {
  /// Both ways to send parts, told apart by what their addresses look like.
  enum Way: String, CaseIterable, Sendable {
    case python
    case javaScript

    /// Begins an upload; returns the address in front of the part's number, what follows it, the
    /// headers to send, and where the file will be.
    func begin(
      _ server: StorageTestServer
    ) async throws -> (front: String, query: String, headers: [String: String], file: String) {
      switch self {
      case .python:
        let token = try await server.post("/storage/storage/auth/token", [:]).json["token"]
        let headers = ["Authorization": "Bearer \(token?.stringValue ?? "")"]
        let answer = try await server.call(
          "POST", "/media/files/upload/multipart",
          headers: headers.merging(["X-Fal-File-Name": "big.bin"]) { $1 }, body: [])
        let file = try server.path(of: answer.json["access_url"]?.stringValue)
        let id = answer.json["uploadId"]?.stringValue ?? ""
        return ("\(file)/multipart/\(id)", "", headers, file)
      case .javaScript:
        let answer = try await server.post(
          "/storage/storage/upload/initiate-multipart?storage_type=fal-cdn-v3",
          ["file_name": "big.octet", "content_type": "application/octet-stream"])
        let upload = try server.path(of: answer.json["upload_url"]?.stringValue)
        let halves = upload.split(separator: "?", maxSplits: 1).map(String.init)
        return (
          halves[0], "?" + halves[1], [:],
          try server.path(of: answer.json["file_url"]?.stringValue)
        )
      }
    }
  }

  @Test("Parts come and are named in any order", arguments: Way.allCases, [1, 2, 3])
  func anyOrder(way: Way, seed: UInt64) async throws {
    try await StorageTestServer.run { server in
      var random = SplitMix(seed: seed)
      let (front, query, headers, file) = try await way.begin(server)
      let sizes = (1...7).map { _ in Int.random(in: 0...70_000, using: &random) }
      let parts = sizes.map { size in
        (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      }
      var named: [JSONValue] = []
      for index in parts.indices.shuffled(using: &random) {
        let number = index + 1
        // Sent twice, the second one counts.
        for bytes in [[UInt8](repeating: 0, count: 10), parts[index]] {
          let answer = try await server.call(
            "PUT", "\(front)/\(number)\(query)", headers: headers, body: bytes)
          #expect(answer.status == 200)
          #expect(answer.json["partNumber"]?.intValue == number)
          let etag = try #require(answer["etag"])
          #expect(etag == "\"\(answer.json["etag"]?.stringValue ?? "")\"")
          named.removeAll { $0["partNumber"]?.intValue == number }
          named.append(["partNumber": .integer(number), "etag": .string(etag)])
        }
      }
      named.shuffle(using: &random)
      for _ in 1...2 {
        let answer = try await server.call(
          "POST", "\(front)/complete\(query)", headers: headers,
          body: (["parts": .array(named)] as JSONValue).bytes)
        #expect(answer.status == 200, "\(answer.text)")
      }
      #expect(try await server.call("GET", file).body == parts.flatMap { $0 })
      #expect(server.filesOnDisk().count == 1, "no part is left")
    }
  }

  @Test("Wrong ends are refused and leave the upload as it was", arguments: Way.allCases)
  func wrongEnds(way: Way) async throws {
    try await StorageTestServer.run { server in
      let (front, query, headers, file) = try await way.begin(server)
      var etags: [String] = []
      for number in 1...3 {
        let answer = try await server.call(
          "PUT", "\(front)/\(number)\(query)", headers: headers, body: [UInt8(number)])
        etags.append(answer["etag"] ?? "")
      }
      func part(_ number: Int, _ etag: String) -> JSONValue {
        ["partNumber": .integer(number), "etag": .string(etag)]
      }
      let good = (1...3).map { part($0, etags[$0 - 1]) }
      let wrong: [JSONValue] = [
        .array(Array(good[..<2])),  // one that came is missing
        .array(good + [part(4, etags[0])]),  // one that never came
        .array(good + [good[0]]),  // one twice
        .array([good[0], good[2], part(2, etags[0])]),  // another one's tag
        .array([]), "parts", .null, [["partNumber": 1]], [["partNumber": -1, "etag": "x"]],
        [["partNumber": 99_999_999, "etag": "x"]],
      ]
      for parts in wrong {
        let answer = try await server.call(
          "POST", "\(front)/complete\(query)", headers: headers,
          body: (["parts": parts] as JSONValue).bytes)
        #expect([400, 422].contains(answer.status), "\(parts.text) \(answer.status)")
      }
      for body in ["", "{", "[1]", "\u{FEFF}"] {
        let answer = try await server.call(
          "POST", "\(front)/complete\(query)", headers: headers, body: Array(body.utf8))
        #expect(answer.status == 422)
      }
      #expect(try await server.call("GET", file).status == 404)
      let answer = try await server.call(
        "POST", "\(front)/complete\(query)", headers: headers,
        body: (["parts": .array(good)] as JSONValue).bytes)
      #expect(answer.status == 200)
      #expect(try await server.call("GET", file).body == [1, 2, 3])
      let late = try await server.call(
        "PUT", "\(front)/1\(query)", headers: headers, body: [9])
      #expect(late.status == 404, "a finished upload takes no more parts")
    }
  }

  @Test("Numbers that are none lead nowhere", arguments: Way.allCases)
  func badNumbers(way: Way) async throws {
    try await StorageTestServer.run { server in
      let (front, query, headers, _) = try await way.begin(server)
      for number in ["0", "-1", "10001", "99999999999999999999", "1.5", "x", "%31x", ""] {
        let answer = try await server.call(
          "PUT", "\(front)/\(number)\(query)", headers: headers, body: [1])
        #expect([404, 405].contains(answer.status), "\(number): \(answer.status)")
      }
    }
  }

  @Test("Nobody else can add parts, with another key, a token or an upload of their own")
  func strangers() async throws {
    try await StorageTestServer.run { server in
      let (front, _, _, _) = try await Way.python.begin(server)
      let other = ["Authorization": "Key \(server.otherKey)"]
      #expect(try await server.call("PUT", "\(front)/1", headers: other, body: [1]).status == 404)
      #expect(try await server.call("PUT", "\(front)/1", body: [1]).status == 401)
      let (placed, query, _, _) = try await Way.javaScript.begin(server)
      let (another, _, _, _) = try await Way.javaScript.begin(server)
      #expect(try await server.call("PUT", "\(another)/1\(query)", body: [1]).status == 404)
      #expect(try await server.call("PUT", "\(placed)/1", body: [1]).status == 404)
      #expect(try await server.call("PUT", "\(placed)/1?token=", body: [1]).status == 404)
      #expect(server.filesOnDisk() == [])
    }
  }
}
