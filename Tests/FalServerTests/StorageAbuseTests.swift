import FalProtocol
import FalQueue
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@testable import FalServer

@Suite("Hostile senders get a clear answer and leave nothing behind")
struct StorageAbuse {
  @Test("Whatever a file is called, its address and headers are harmless")
  func names() async throws {
    try await StorageTestServer.run { server in
      let names = [
        "../../etc/passwd", "..\\..\\boot.ini", "a/b/c.png", "%2e%2e%2fx", ".htaccess", "-rf", "",
        " ", "con.png", "a\"b.png", "a;filename=b", "<script>.html", "ü.png",
        String(repeating: "n", count: 5000) + ".png", "a\tb", "'; DROP TABLE files; --",
      ]
      for name in names {
        let path = try await server.upload([1], name: name)
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        #expect(last.utf8.count <= 100 && !last.hasPrefix(".") && !last.hasPrefix("-"))
        #expect(last.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"'\\%;<>/".utf8.contains($0) })
        let answer = try await server.call("GET", path)
        #expect(answer.body == [1], "\(name)")
        #expect(answer["content-disposition"] == "inline; filename=\"\(last)\"")
      }
      for name in names where !name.isEmpty {
        let target = try await server.post(
          "/storage/storage/upload/initiate", ["file_name": .string(name)])
        #expect(target.status == 200, "\(name)")
      }
      // One folder of two letters for each, and files of 32: nothing else anywhere.
      #expect(server.filesOnDisk().allSatisfy { $0.utf8.count == 32 })
      #expect(
        TestFile.names(in: server.folder)
          == [
            "drafts", "files", "lock", "parts", "queue.sqlite", "queue.sqlite-shm",
            "queue.sqlite-wal",
          ])
    }
  }

  @Test(
    "What could run as a page is saved and not shown",
    arguments: [
      ("text/html", "attachment"), ("image/svg+xml", "attachment"), ("IMAGE/SVG+XML", "attachment"),
      ("application/xhtml+xml", "attachment"), ("text/javascript", "attachment"),
      ("image/png", "inline"), ("video/mp4", "inline"), ("audio/mpeg", "inline"),
      ("no type", "attachment"), ("image", "attachment"),
    ])
  func activeContent(type: String, disposition: String) async throws {
    try await StorageTestServer.run { server in
      let path = try await server.upload(Array("<script>".utf8), name: "x", type: type)
      let answer = try await server.call("GET", path)
      #expect(answer["content-disposition"] == "\(disposition); filename=\"x\"")
      #expect(answer["content-security-policy"]?.hasPrefix("sandbox") == true)
      if !type.contains("/") { #expect(answer["content-type"] == "application/octet-stream") }
    }
  }

  @Test("Paths that are no file's lead nowhere")
  func paths() async throws {
    try await StorageTestServer.run { server in
      let path = try await server.upload([1])
      let id = path.split(separator: "/")[3]
      let wrong = [
        "/media/files/b/\(id)", "/media/files/b/\(id)/", "/media/files/b/\(id)/b.png",
        "/media/files/b/\(id)/a.png/..", "/media/files/b/\(id)/%2e%2e",
        "/media/files/c/\(id)/a.png",
        "/media/files/b/../b/\(id)/a.png", "/media//files/b/\(id)/a.png",
        "/media/files/b/\(id.uppercased())x/a.png", "/media/files/b/\(id.dropLast())g/a.png",
        "/media/files/b/..%2f..%2fqueue.sqlite/a.png", "/media/files/b/%00/a.png",
        "/media/files/../../queue.sqlite", "/media/lock", "/media/", "/media/files/",
        "/media/uploads/", "/media/uploads/\(id)", "/media/uploads/\(id)/complete/x",
        "/media/files/b/\(id)%0d%0aX:1/a.png", "/storage/", "/storage/storage/auth",
      ]
      for path in wrong {
        let answer = try await server.call("GET", path)
        #expect([400, 404, 405].contains(answer.status), "\(path): \(answer.status)")
        #expect(answer.json["detail"] != nil || answer.status == 400, "\(path)")
      }
      for method in ["DELETE", "PATCH", "PUT", "POST"] {
        #expect(try await server.call(method, path, body: []).status == 405)
      }
    }
  }

  @Test("Bodies that break off leave nothing, in all ways of sending")
  func brokenBodies() async throws {
    try await StorageTestServer.run { server in
      let target = try await server.post("/storage/storage/upload/initiate", ["file_name": "x"])
      let placed = try server.path(of: target.json["upload_url"]?.stringValue)
      let cut = placed.firstIndex(of: "?") ?? placed.endIndex
      let part = placed[..<cut] + "/1" + placed[cut...]
      let key = "Authorization: Key \(server.key)\r\n"
      let port = server.port
      for (index, line) in [
        "POST /media/files/upload", "PUT \(placed)", "PUT \(part)",
      ].enumerated() {
        for framing in ["Content-Length: 1000000", "Transfer-Encoding: chunked"] {
          for resets in [true, false] {
            try await OwnThread.run { _ in
              let connection = try WireConnection(port: port)
              let head = "\(line) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(key)\(framing)\r\n\r\n"
              let chunk = framing.hasPrefix("C") ? "" : "20000\r\n"
              let bytes = [UInt8](repeating: 7, count: 0x20000)
              try connection.send(Array((head + chunk).utf8) + bytes)
              if resets { connection.reset() } else { connection.finishSending() }
              // Whatever is answered, the upload is over when the connection is.
              let answer = resets ? nil : try? connection.answer()
              if let answer { guard answer.status == 400 else { throw WireFailure("\(answer)") } }
              while !resets, !connection.isClosed() {}
            }
            // A reset may be seen before the body's first bytes; what comes late is waited for next time.
            try await Self.settle(server, "\(index) \(framing) \(resets)")
          }
        }
      }
      #expect(try await server.queue.counts().files == 0)
      #expect(try await server.call("PUT", placed, body: [1]).status == 200, "it may come again")
    }
  }

  /// Waits until no upload is being written any more.
  private static func settle(_ server: StorageTestServer, _ what: String) async throws {
    let limit = ContinuousClock.now + .seconds(60)
    while !server.filesOnDisk().isEmpty {
      guard ContinuousClock.now < limit else {
        throw WireFailure("\(what): \(server.filesOnDisk()) stays")
      }
      await Task.yield()
    }
  }

  @Test("Too much is refused before it is sent, and after where nobody said how much")
  func tooLarge() async throws {
    try await StorageTestServer.run { server in
      let port = server.port
      let key = "Host: 127.0.0.1:\(port)\r\nAuthorization: Key \(server.key)\r\n"
      let announced = StorageLimits.file + 1
      let answer = try await OwnThread.run { _ in
        let connection = try WireConnection(port: port)
        try connection.send(
          "POST /media/files/upload HTTP/1.1\r\n\(key)Content-Length: \(announced)\r\n\r\n")
        return try connection.answer()
      }
      #expect(answer.status == 413)
      #expect(answer.json["error_type"] == "request_entity_too_large")
      let message = [UInt8](repeating: 0x20, count: StorageLimits.message + 1)
      let json = try await server.call(
        "POST", "/storage/storage/upload/initiate",
        headers: ["Authorization": "Key \(server.key)"], body: message)
      #expect(json.status == 413)
      #expect(server.filesOnDisk() == [])
    }
  }

  @Test("An upload beyond its limit ends there, on the disk and in memory")
  func limitWhileComing() async throws {
    let scratch = try ScratchFolder()
    let queue = try await JobQueue.open(scratch.path.appending("data"))
    let draft = try await queue.newFile(
      FileLabel(name: "x", contentType: nil, owner: "o"), limit: 10)
    await #expect(throws: OperationError.self) {
      try await draft.append([UInt8](repeating: 1, count: 11))
    }
    try await queue.close()
  }

  @Test("Broken announcements are told by place")
  func brokenAnnouncements() async throws {
    try await StorageTestServer.run { server in
      for (body, status) in [
        ("{", 422), ("[]", 422), ("\"x\"", 422), ("null", 422), ("", 200), ("{}", 200),
        (#"{"file_name": 3, "content_type": []}"#, 200), (#"{"file_name": "\u0000"}"#, 200),
        (String(repeating: "[", count: 100_000), 422),
      ] {
        let answer = try await server.call(
          "POST", "/storage/storage/upload/initiate",
          headers: ["Authorization": "Key \(server.key)"], body: Array(body.utf8))
        #expect(answer.status == status, "\(body.prefix(20))")
      }
    }
  }

  @Test("Headers without end end the connection, not the server")
  func hugeHeaders() async throws {
    try await StorageTestServer.run { server in
      let port = server.port
      try await OwnThread.run { _ in
        let connection = try WireConnection(port: port)
        // The server may close before all is sent; whatever it answers, it must not be a success.
        try? connection.send("GET /media/x HTTP/1.1\r\nHost: a\r\nX: ")
        for _ in 0..<64 { try? connection.send([UInt8](repeating: 0x61, count: 1 << 16)) }
        let answer = try? connection.answer()
        if let answer, answer.status < 400 { throw WireFailure("\(answer)") }
      }
      #expect(try await server.call("GET", "/healthz").status == 200)
    }
  }

  @Test("Two senders of one upload: one file, and both are told the truth")
  func race() async throws {
    try await StorageTestServer.run { server in
      let target = try await server.post("/storage/storage/upload/initiate", ["file_name": "x"])
      let placed = try server.path(of: target.json["upload_url"]?.stringValue)
      let file = try server.path(of: target.json["file_url"]?.stringValue)
      let statuses = try await withThrowingTaskGroup(of: (UInt8, Int).self) { group in
        for value in 1...6 as ClosedRange<UInt8> {
          group.addTask {
            let bytes = [UInt8](repeating: value, count: 200_000)
            return (value, try await server.call("PUT", placed, body: bytes).status)
          }
        }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      let bytes = try await server.call("GET", file).body
      let winner = try #require(bytes.first)
      #expect(bytes == [UInt8](repeating: winner, count: 200_000))
      #expect(statuses[winner] == 200)
      #expect(statuses.values.filter { $0 == 200 }.count == 1)
      #expect(statuses.values.allSatisfy { [200, 400, 503].contains($0) }, "\(statuses)")
    }
  }
}
