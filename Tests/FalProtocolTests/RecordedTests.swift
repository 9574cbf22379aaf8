import FalProtocol
import KeyreelCore
import Testing

@Suite("The requests of the three official clients are understood")
struct RecordedTests {
  /// One recorded request.
  struct Request {
    var json: JSONValue
    var client: String { json["client"]?.stringValue ?? "" }
    var method: String { json["method"]?.stringValue ?? "" }
    var body: String? { json["body"]?.stringValue }

    func header(_ name: String) -> String? {
      json["headers"]?.objectValue?.members.first { $0.key.lowercased() == name }?
        .value.stringValue
    }

    /// Where the request goes: by the proxied address, by its host, or by the path's prefix.
    var target: (path: String, query: QueryItems, service: FalService?)? {
      if let text = header(FalHeader.targetURL) {
        return TargetURL(text).map { ($0.path, $0.items, $0.service) }
      }
      guard let path = json["path"]?.stringValue else { return nil }
      let query = QueryItems(parsing: json["query"]?.stringValue ?? "")
      if path.hasPrefix("/run/") { return (String(path.dropFirst(4)), query, .run) }
      return (path, query, header("host").flatMap { FalService(host: $0) })
    }
  }

  static func requests() throws -> [Request] {
    let list = try #require(try Fixture.json("Recorded/requests.json").arrayValue)
    return list.map(Request.init)
  }

  @Test("Each one has a route, and the route has its method")
  func routes() throws {
    let requests = try Self.requests()
    var counts: [String: Int] = [:]
    for request in requests {
      let target = try #require(request.target, "\(request.json.text)")
      if target.path.hasPrefix("/upload-target/") {
        // An address that the recording's own server had handed out.
        counts["upload", default: 0] += 1
      } else if let route = StorageRoute(path: target.path) {
        #expect(route.methods.contains(request.method), "\(request.json.text)")
        #expect(target.service == nil || [.storage, .media].contains(target.service))
        counts["storage", default: 0] += 1
      } else {
        let route = try #require(QueueRoute(path: target.path), "\(request.json.text)")
        #expect(route.method == request.method)
        #expect(target.service == nil || [.queue, .run].contains(target.service))
        counts["queue", default: 0] += 1
      }
    }
    #expect(counts == ["queue": 119, "storage": 22, "upload": 14])
    #expect(Set(requests.map(\.client)) == ["Python", "JS", "Swift"])
  }

  @Test("Keys, options and log wishes are read from each")
  func headers() throws {
    var options: Set<RequestOptions> = []
    for request in try Self.requests() {
      let target = try #require(request.target)
      if let text = request.header(FalHeader.authorization) {
        let credentials = try #require(Credentials(text), "\(text)")
        #expect(credentials.header == text)
        if case .key(let key) = credentials { #expect(key.contains(":")) }
      }
      if let logs = target.query["logs"] { #expect(HeaderValue.flag(logs) != nil) }
      options.insert(try RequestOptions(header: request.header, query: target.query))
    }
    var all = RequestOptions()
    all.priority = .low
    all.startTimeout = .seconds(30)
    all.runnerHint = "lora-a"
    all.allowsRetries = false
    all.storesPayloads = false
    all.lifecycle = ObjectLifecycle(expiration: .seconds(3600))
    all.webhook = "https://my.example/hook?x=1&y=2"
    #expect(options.contains(all), "the Python submission with every option")
    #expect(options.contains { $0.webhook == all.webhook && $0.priority == .normal }, "Swift's")
    #expect(options.contains { $0.startTimeout == .seconds(9) })
  }

  @Test("Each body is JSON, and each submitted input is judged")
  func bodies() throws {
    let form = InputForm(try Fixture.flf2v())
    var accepted = 0
    for request in try Self.requests() {
      guard let body = request.body, request.header("content-type") == "application/json" else {
        continue
      }
      let value = try JSONValue(parsing: body)
      let target = try #require(request.target)
      switch StorageRoute(path: target.path) {
      case .initiate, .initiateMultipart:
        #expect(try !UploadOrder(decoding: value).fileName.isEmpty)
      case .complete:
        #expect(try UploadPart.list(decoding: value).map(\.number) == Array(1...11))
      case .none where target.path.hasPrefix("/upload-target/"):
        #expect(try UploadPart.list(decoding: value).last?.etag == "e10")
      case .none where value["image_url"] == nil || value["end_image_url"] == nil:
        #expect(throws: InputFailure.self) { try form.validate(body: body.utf8) }
      case .none:
        accepted += 1
        let input = try form.validate(body: body.utf8)
        #expect(input.lastPicture == "https://e/b.png")
      default: break
      }
    }
    #expect(accepted > 50)
  }
}
