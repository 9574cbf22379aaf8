import FalProtocol
import FalQueue
import FoundationEssentials
import HTTP
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@testable import FalServer

@Suite("Pictures are found wherever an input says they are")
struct StoragePictures {
  /// Submits a job with these pictures and waits for its result.
  static func result(
    _ server: StorageTestServer, first: String, last: String
  ) async throws -> WireAnswer {
    try await server.post(
      "/run/\(StorageTestServer.model)",
      ["prompt": "p", "image_url": .string(first), "end_image_url": .string(last)])
  }

  @Test("Files of this server are read from its disk, by all its names")
  func ownFiles() async throws {
    try await StorageTestServer.run { server in
      let path = try await server.upload([1, 2])
      let media = String(path.dropFirst("/media".count))
      let addresses = [
        server.url(path), "http://localhost:\(server.port)\(path)", "https://v3.fal.media\(media)",
        "https://v3b.fal.media\(media)", "https://FAL.media:443\(media)",
        "https://keyreel.example\(path)?x=1#y", "HTTP://127.0.0.1:\(server.port)\(path)",
      ]
      for address in addresses {
        let answer = try await Self.result(server, first: address, last: "data:,%03")
        #expect(answer.status == 200, "\(address): \(answer.text)")
      }
      #expect(server.workshop.pictures.count == addresses.count * 2)
      #expect(Set(server.workshop.pictures) == [[1, 2], [3]])
      let outputs = server.filesOnDisk()
      #expect(outputs.count == addresses.count + 1, "no temporary file is left: \(outputs)")
    }
  }

  @Test("A file of this server that is not there is told by field, and never fetched")
  func missingFiles() async throws {
    try await StorageTestServer.run { server in
      let path = try await server.upload(
        [1], headers: ["X-Fal-Object-Lifecycle": #"{"expiration_duration_seconds": 60}"#])
      server.clock.advance(by: .seconds(60))
      let media = String(path.dropFirst("/media".count))
      for address in [server.url(path), "https://v3.fal.media\(media)"] {
        let answer = try await Self.result(server, first: "data:,x", last: address)
        #expect(answer.status == 422)
        let detail = answer.json["detail"]?[0]
        #expect(detail?["type"] == "file_download_error")
        #expect(detail?["loc"] == ["body", "end_image_url"])
        #expect(detail?["msg"]?.stringValue?.contains("expired") == true)
      }
      #expect(TestFile.names(in: server.folder.appending("drafts")) == [])
    }
  }

  @Test("Closed files serve their owner's requests alone")
  func closedFiles() async throws {
    try await StorageTestServer.run { server in
      let path = try await server.upload(
        [9], headers: ["X-Fal-Object-Lifecycle": #"{"initial_acl": {"default": "hide"}}"#])
      let own = try await Self.result(server, first: server.url(path), last: "data:,x")
      #expect(own.status == 200)
      let other = try await server.post(
        "/run/\(StorageTestServer.model)",
        ["prompt": "p", "image_url": .string(server.url(path)), "end_image_url": "data:,x"],
        headers: ["Authorization": "Key \(server.otherKey)"])
      #expect(other.status == 422)
      #expect(other.json["detail"]?[0]?["type"] == "file_download_error")
    }
  }

  @Test("Data URIs of all legal forms are the bytes they say")
  func dataForms() throws {
    let bytes: [UInt8] = [0, 1, 2, 250, 251, 252, 253, 254, 255, 62, 63]
    let base64 = Data(bytes).base64EncodedString()
    let escaped = bytes.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    for text in [
      "data:image/png;base64,\(base64)", "DATA:IMAGE/PNG;BASE64,\(base64)",
      "data:;base64,\(base64)", "data:image/png;name=a.png;charset=utf-8;base64,\(base64)",
      "data:image/png;base64,\(base64.filter { $0 != "=" })",
      "data:image/png;base64,\(base64.map { "\($0)\n" }.joined())",
      "data:image/png;base64,"
        + base64.replacing("+", with: "-").replacing("/", with: "_"),
      "data:image/png;base64," + base64.replacing("=", with: "%3D").replacing("+", with: "%2B"),
      "data:image/png,\(escaped)", "data:,\(escaped)",
      "data:image/png,\(escaped.uppercased().replacing("DATA", with: ""))",
    ] {
      #expect(DataURI.isOne(text))
      #expect(try DataURI(text).bytes == bytes, "\(text)")
    }
    #expect(try DataURI("data:text/plain;charset=x,A%20b,c").mediaType == "text/plain;charset=x")
    #expect(try DataURI("data:,A%20b,c").bytes == Array("A b,c".utf8))
    #expect(try DataURI("data:,").bytes == [])
    #expect(try DataURI("data:;base64,").bytes == [])
  }

  @Test("Base64 of every length, against the library's own")
  func base64Lengths() throws {
    var random = SplitMix(seed: 3)
    for count in 0...70 {
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      let text = "data:;base64," + Data(bytes).base64EncodedString()
      #expect(try DataURI(text).bytes == bytes)
    }
  }

  @Test(
    "Data URIs that are none",
    arguments: [
      ("data:", DataURI.Mistake.noData), ("data:image/png;base64", .noData),
      ("data:;base64,A", .notBase64), ("data:;base64,AB=", .notBase64),
      ("data:;base64,AB===", .notBase64), ("data:;base64,AB==A", .notBase64),
      ("data:;base64,ABCD=", .notBase64), ("data:;base64,AB*D", .notBase64),
      ("data:;base64,=", .notBase64), ("data:,%4", .badEscape), ("data:,%zz", .badEscape),
      ("data:;base64,%", .badEscape), ("data:;base64,é===", .notBase64),
    ])
  func badData(text: String, mistake: DataURI.Mistake) {
    #expect(throws: mistake) { try DataURI(text) }
  }

  @Test("A picture that cannot be read is told with fal's own type and its field")
  func badPictures() async throws {
    try await StorageTestServer.run { server in
      for (address, type) in [
        ("data:image/png;base64,*", "image_load_error"), ("data:image/png", "image_load_error"),
        ("http://example.org/a.png", "file_download_error"), ("a.png", "file_download_error"),
        ("file:///etc/passwd", "file_download_error"), ("", "file_download_error"),
        ("https://127.0.0.1:\(server.port)/x.png", "file_download_error"),
        ("https://localhost/x.png", "file_download_error"),
        ("https://[::1]/x", "file_download_error"), ("https://10.1.2.3/x", "file_download_error"),
        ("https://169.254.169.254/latest/meta-data", "file_download_error"),
        ("https://user:pass@example.org/x", "file_download_error"),
      ] {
        for isFirst in [true, false] {
          let good = "data:,x"
          let answer = try await Self.result(
            server, first: isFirst ? address : good, last: isFirst ? good : address)
          #expect(answer.status == 422, "\(address)")
          let detail = answer.json["detail"]?[0]
          #expect(detail?["type"]?.stringValue == type, "\(address): \(answer.text)")
          #expect(detail?["loc"] == ["body", isFirst ? "image_url" : "end_image_url"])
          #expect(detail?["msg"]?.stringValue?.contains("pass@") != true)
        }
      }
      #expect(TestFile.names(in: server.folder.appending("drafts")) == [])
    }
  }

  @Test("With private addresses allowed, pictures come from this machine, within limits")
  func fetched() async throws {
    let source = try LocalTLSServer()
    let settings = HTTPClient.Settings(
      certificateFile: source.certificateFile, reach: .anywhere, totalTimeout: .seconds(20))
    try await StorageTestServer.run(pictures: settings) { server in
      let answer = try await Self.result(
        server, first: source.url("/file/5"), last: source.url("/redirect?" + source.url("/file/6"))
      )
      #expect(answer.status == 200, "\(answer.text)")
      #expect(server.workshop.pictures.map(\.count) == [5, 6])
      for (path, type) in [
        ("/status/404", "file_download_error"), ("/short", "file_download_error"),
        ("/endless", "file_too_large"), ("/circle", "file_download_error"),
      ] {
        let answer = try await Self.result(server, first: "data:,x", last: source.url(path))
        let detail = answer.json["detail"]?[0]
        #expect(detail?["type"]?.stringValue == type, "\(path): \(answer.text)")
        #expect(detail?["loc"] == ["body", "end_image_url"])
        if type == "file_too_large" {
          #expect(detail?["ctx"]?["max_size"]?.intValue == InputPictures.sizeLimit)
        }
      }
      #expect(TestFile.names(in: server.folder.appending("drafts")) == [])
    }
  }

  @Test("The files that a request makes live and open as its sender asked")
  func outputs() async throws {
    try await StorageTestServer.run { server in
      let answer = try await server.post(
        "/run/\(StorageTestServer.model)",
        ["prompt": "p", "image_url": "data:,a", "end_image_url": "data:,b"],
        headers: [
          "X-Fal-Object-Lifecycle-Preference":
            #"{"expiration_duration_seconds": 60, "initial_acl": {"default": "forbid"}}"#
        ])
      let path = try server.path(of: answer.json["video"]?["url"]?.stringValue)
      #expect(try await server.call("GET", path).status == 403)
      #expect(try await server.get(path).body == Array("ab".utf8))
      server.clock.advance(by: .seconds(60))
      #expect(try await server.get(path).status == 404)
    }
  }
}
