import FalProtocol
import FalQueue
import Glibc
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Files are uploaded the way fal's clients do it")
struct StorageUploads {
  @Test("Python: a token, one upload, and the file at the address told")
  func token() async throws {
    try await StorageTestServer.run { server in
      let token = try await server.post("/storage/storage/auth/token?storage_type=fal-cdn-v3", [:])
      #expect(token.status == 200)
      #expect(token.json["token_type"] == "Bearer")
      #expect(token.json["base_url"]?.stringValue == server.url("/media"))
      #expect(token.json["expires_at"]?.stringValue?.hasSuffix("+00:00") == true)
      let word = try #require(token.json["token"]?.stringValue)
      let bytes = [UInt8](0...255)
      let path = try await server.upload(
        bytes, name: "a b/ü.png", headers: ["Authorization": "Bearer \(word)"])
      #expect(path.hasSuffix("/_.png"))
      let answer = try await server.call("GET", path)
      #expect(answer.status == 200)
      #expect(answer.body == bytes)
      #expect(answer["content-type"] == "image/png")
      #expect(answer["accept-ranges"] == "bytes")
      #expect(answer["x-content-type-options"] == "nosniff")
    }
  }

  @Test(
    "JavaScript, Swift and the fallback: an address for the bytes, with a key or without",
    arguments: ["?storage_type=fal-cdn-v3", "?storage_type=gcs", ""], [true, false])
  func announced(query: String, sendsKey: Bool) async throws {
    try await StorageTestServer.run { server in
      let target = try await server.post(
        "/storage/storage/upload/initiate\(query)",
        ["file_name": "x.png", "content_type": "image/png"])
      #expect(target.status == 200)
      let upload = try server.path(of: target.json["upload_url"]?.stringValue)
      let file = try server.path(of: target.json["file_url"]?.stringValue)
      #expect(try await server.call("GET", file).status == 404, "nothing is there yet")
      let bytes: [UInt8] = [1, 2, 3]
      // A wrong key does no harm where none is needed.
      let headers = sendsKey ? ["Authorization": "Key no:body", "Content-Type": "image/png"] : [:]
      for _ in 1...2 {
        #expect(try await server.call("PUT", upload, headers: headers, body: bytes).status == 200)
      }
      let other = try await server.call("PUT", upload, body: [9])
      #expect(other.status == 400, "finished uploads take no other bytes")
      #expect(other.json["error_type"] == "already_uploaded")
      let answer = try await server.call("GET", file)
      #expect(answer.body == bytes)
      #expect(answer["content-type"] == "image/png")
    }
  }

  @Test("Behind fal's host names, all addresses are fal's")
  func falHosts() async throws {
    try await StorageTestServer.run { server in
      let token = try await server.post("/storage/auth/token", [:], host: "rest.fal.ai")
      #expect(token.json["base_url"] == "https://v3.fal.media")
      let target = try await server.post(
        "/storage/upload/initiate", ["file_name": "x"], host: "rest.alpha.fal.ai")
      let upload = try #require(target.json["upload_url"]?.stringValue)
      #expect(upload.hasPrefix("https://v3.fal.media/uploads/"))
      let path = String(upload.dropFirst("https://v3.fal.media".count))
      let made = try await server.call("PUT", path, host: "v3.fal.media", body: [7])
      #expect(made.status == 200)
      #expect(made.json["access_url"] == target.json["file_url"])
      let file = try #require(target.json["file_url"]?.stringValue)
      let answer = try await server.call(
        "GET", String(file.dropFirst("https://v3.fal.media".count)), host: "V3B.fal.media")
      #expect(answer.body == [7])
    }
  }

  @Test("Behind a proxy address, announced uploads work and the bytes go straight here")
  func targetHeader() async throws {
    try await StorageTestServer.run { server in
      let target = try await server.post(
        "/api/fal/proxy", ["file_name": "1.png", "content_type": "image/png"],
        headers: [
          "x-fal-target-url":
            "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3"
        ])
      let upload = try server.path(of: target.json["upload_url"]?.stringValue)
      #expect(try await server.call("PUT", upload, body: [1]).status == 200)
    }
  }

  @Test("Who may not upload is told so, in every way of asking")
  func refused() async throws {
    try await StorageTestServer.run { server in
      for path in [
        "/storage/storage/auth/token", "/storage/storage/upload/initiate",
        "/storage/storage/upload/initiate-multipart", "/media/files/upload",
        "/media/files/upload/multipart",
      ] {
        for header in ["Key a:b", "Bearer nothing", "Basic YTpi", "Key", "Bearer u1.1.eA==.00"] {
          let answer = try await server.call(
            "POST", path, headers: ["Authorization": header], body: [])
          #expect(answer.status == 401, "\(path) \(header)")
          #expect(answer.json["detail"]?.stringValue != nil)
        }
        #expect(try await server.call("POST", path, body: []).status == 401)
        #expect(try await server.get(path).status == 405)
      }
      #expect(server.filesOnDisk() == [])
    }
  }

  @Test("A token cannot be changed in any letter, and ends")
  func forgedTokens() async throws {
    try await StorageTestServer.run { server in
      let answer = try await server.post("/storage/storage/auth/token", [:])
      let token = try #require(answer.json["token"]?.stringValue)
      func status(_ token: String) async throws -> Int {
        try await server.call(
          "POST", "/media/files/upload", headers: ["Authorization": "Bearer \(token)"], body: [1]
        ).status
      }
      #expect(try await status(token) == 200)
      let letters = Array(token.utf8)
      for index in stride(from: 0, to: letters.count, by: 3) {
        var forged = letters
        forged[index] = forged[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        #expect(try await status(String(decoding: forged, as: UTF8.self)) == 401, "\(index)")
      }
      #expect(try await status(String(token.dropLast())) == 401)
      server.clock.advance(by: .seconds(3599))
      #expect(try await status(token) == 200)
      server.clock.advance(by: .seconds(1))
      #expect(try await status(token) == 401)
    }
  }

  @Test("A token dies with its key")
  func revoked() async throws {
    try await StorageTestServer.run { server in
      let answer = try await server.post("/storage/storage/auth/token", [:])
      let token = try #require(answer.json["token"]?.stringValue)
      #expect(try await server.queue.revokeKey(String(server.key.prefix { $0 != ":" })))
      let refused = try await server.call(
        "POST", "/media/files/upload", headers: ["Authorization": "Bearer \(token)"], body: [1])
      #expect(refused.status == 401)
    }
  }

  @Test("Files end when their uploader said so")
  func expiry() async throws {
    try await StorageTestServer.run { server in
      let life = #"{"expiration_duration_seconds": 60}"#
      let first = try await server.upload([1], headers: ["X-Fal-Object-Lifecycle": life])
      let second = try await server.upload(
        [2], headers: ["X-Fal-Object-Lifecycle-Preference": life])
      let lasting = try await server.upload([3])
      #expect(try await server.call("GET", first)["cache-control"] == "public, max-age=60")
      server.clock.advance(by: .seconds(59))
      for path in [first, second, lasting] {
        #expect(try await server.call("GET", path).status == 200)
      }
      server.clock.advance(by: .seconds(1))
      #expect(try await server.call("GET", first).status == 404)
      #expect(try await server.call("HEAD", second).status == 404)
      #expect(try await server.call("GET", lasting).body == [3])
      for wrong in ["{", "[]", #"{"expiration_duration_seconds": -1}"#] {
        let answer = try await server.call(
          "POST", "/media/files/upload",
          headers: ["Authorization": "Key \(server.key)", "X-Fal-Object-Lifecycle": wrong],
          body: [1])
        #expect(answer.status == 422)
        #expect(answer.json["detail"]?[0]?["loc"]?[1] == "x-fal-object-lifecycle")
      }
    }
  }

  @Test("An announced upload that is not made in a day is over")
  func lateUpload() async throws {
    try await StorageTestServer.run { server in
      let target = try await server.post("/storage/storage/upload/initiate", ["file_name": "x"])
      let upload = try server.path(of: target.json["upload_url"]?.stringValue)
      server.clock.advance(by: .seconds(86_400))
      #expect(try await server.call("PUT", upload, body: [1]).status == 404)
      #expect(server.filesOnDisk() == [])
    }
  }

  @Test("What an uploader closes is open to that key alone")
  func access() async throws {
    try await StorageTestServer.run { server in
      for (word, strangers) in [("forbid", 403), ("hide", 404), ("allow", 200)] {
        let path = try await server.upload(
          [5], headers: ["X-Fal-Object-Lifecycle": #"{"initial_acl": {"default": "\#(word)"}}"#])
        for (header, status) in [
          (nil, strangers), ("Key \(server.otherKey)", strangers), ("Key x:y", strangers),
          ("Key \(server.key)", 200),
        ] {
          let headers = header.map { ["Authorization": $0] } ?? [:]
          for method in ["GET", "HEAD"] {
            let answer = try await server.call(method, path, headers: headers)
            #expect(answer.status == status, "\(word) \(header ?? "-")")
            if word != "allow", status == 200 {
              #expect(answer["cache-control"] == "private, no-store")
            }
          }
        }
      }
    }
  }

  @Test(
    "A full disk is one clear answer, and the server goes on", .enabled(if: SmallDisk.isPossible))
  func fullDisk() async throws {
    let disk = try SmallDisk()
    try await StorageTestServer.run(in: disk.path.appending("data")) { server in
      let kept = try await server.upload([1, 2, 3])
      let before = server.filesOnDisk()
      let answer = try await server.call(
        "POST", "/media/files/upload", headers: ["Authorization": "Key \(server.key)"],
        body: [UInt8](repeating: 1, count: 600 << 10))
      #expect(answer.status == 507)
      #expect(answer.json["error_type"] == "disk_full")
      #expect(server.filesOnDisk() == before)
      #expect(try await server.call("GET", kept).body == [1, 2, 3])
      #expect(try await server.call("GET", try await server.upload([4])).body == [4])
    }
  }
}
