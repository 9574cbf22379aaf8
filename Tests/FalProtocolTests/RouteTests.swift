import FalProtocol
import Testing

@Suite("Paths lead to what they name, and to nothing else")
struct RouteTests {
  @Test(
    "Ids of endpoints are read, and know their application",
    arguments: [
      ("fal-ai/framepack/flf2v", "fal-ai/framepack", "flf2v"), ("a/b", "a/b", ""),
      ("workflows/me/wf/sub/x", "workflows/me/wf", "sub/x"), ("comfy/me/c", "comfy/me/c", ""),
      ("123-abc", "123/abc", ""), ("fal-ai/veo3.1/fast", "fal-ai/veo3.1", "fast"),
    ])
  func endpoints(text: String, app: String, subpath: String) throws {
    let id = try #require(EndpointID(text))
    #expect(id.app.description == app)
    #expect(id.subpath == subpath)
    #expect(EndpointID(id.description) == id)
    #expect(id.isNamed(by: id.app) && id.isNamed(by: id))
    #expect(id.isApp == subpath.isEmpty)
  }

  @Test(
    "What is no id of an endpoint is none",
    arguments: [
      "", "/", "a", "abc-123", "a/", "/a/b", "a//b", "a/b/", "a/..", "../a/b", "a/b/../c", "a/.b",
      "workflows/me", "comfy/x", "a/b c", "a/b?c", "a/b#c", "a/%62", "a/requests", "requests/a/b",
      "a/b\\c", "https://fal.run/a/b", "a/ä", "a/b/c/d/e/f/g/h/i/j/k/l/m",
    ])
  func noEndpoints(text: String) { #expect(EndpointID(text) == nil) }

  private static let base = "/fal-ai/framepack"

  @Test(
    "Every form of a request's path is understood",
    arguments: [
      ("/requests/r-1", "result"), ("/requests/r-1/", "result"),
      ("/requests/r-1/response", "result"),
      ("/requests/r-1/status", "status"), ("/requests/r-1/status/", "status"),
      ("/requests/r-1/status/stream", "stream"), ("/requests/r-1/cancel", "cancel"),
      ("/requests/r%2D1/cancel/", "cancel"),
    ], ["", "/flf2v"])
  func requests(form: (String, String), full: String) throws {
    let route = try #require(QueueRoute(path: Self.base + full + form.0))
    let name = QueueRoute.RequestName(
      endpoint: try #require(EndpointID("fal-ai/framepack" + full)), requestID: "r-1")
    let expected: QueueRoute =
      switch form.1 {
      case "result": .result(name)
      case "status": .status(name)
      case "stream": .statusStream(name)
      default: .cancel(name)
      }
    #expect(route == expected)
    #expect(route.requestID == "r-1")
    #expect(route.method == (form.1 == "cancel" ? "PUT" : "GET"))
    #expect(QueueRoute(path: route.path) == route)
  }

  @Test("Submissions, streams and name spaces are understood")
  func submissions() throws {
    let id = try #require(EndpointID("fal-ai/framepack/flf2v"))
    #expect(QueueRoute(path: "/fal-ai/framepack/flf2v") == .submit(id))
    #expect(QueueRoute(path: "/fal-ai/framepack/flf2v/") == .submit(id))
    #expect(QueueRoute(path: "/%66al-ai/framepack/flf2v") == .submit(id))
    #expect(QueueRoute(path: "/fal-ai/framepack/flf2v/stream") == .stream(id))
    let flow = try #require(QueueRoute(path: "/workflows/me/wf/requests/x/status"))
    #expect(flow.endpoint.description == "workflows/me/wf")
    #expect(QueueRoute(path: "/workflows/me/requests/x/status") == nil)
    #expect(id.appending("x/y")?.description == "fal-ai/framepack/flf2v/x/y")
    #expect(id.appending("../y") == nil)
  }

  @Test(
    "Tricks lead nowhere",
    arguments: [
      "", "/", "//", "fal-ai/framepack", "/fal-ai", "/fal-ai//framepack", "/fal-ai/framepack//",
      "/fal-ai/../framepack", "/fal-ai/%2e%2e/framepack", "/fal-ai%2fframepack",
      "/fal-ai/frame%2Fpack/x",
      "/fal-ai/framepack/requests", "/fal-ai/framepack/requests/",
      "/fal-ai/framepack/requests/../x",
      "/fal-ai/framepack/requests/a%2fb/status", "/fal-ai/framepack/requests/a/other",
      "/fal-ai/framepack/requests/a/status/x", "/fal-ai/framepack/requests/a/status/stream/x",
      "/fal-ai/framepack/requests/a b", "/fal-ai/framepack/requests/a%00", "/fal-ai/framepack/%zz",
      "/fal-ai/framepack/%f", "/fal-ai/framepack/\\..\\x", "/requests/a/status", "/a/requests/a",
      "/fal-ai/framepack/requests/a/requests/b", "/fal-ai/framepack/requests/\u{fc}",
    ])
  func tricks(path: String) { #expect(QueueRoute(path: path) == nil) }

  @Test("Random paths never do worse than nothing, and what is read is written the same")
  func fuzz() {
    var random = SplitMix(seed: 11)
    let pieces = [
      "fal-ai", "framepack", "flf2v", "requests", "status", "stream", "cancel", "response", "a-1",
      "..",
      ".", "", "%2f", "%2e", "%41", "%", "workflows", "files", "multipart", "complete", "ü", "1",
    ]
    var found = 0
    for _ in 0..<4000 {
      let count = Int(random.next() % 9)
      let path =
        "/"
        + (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined(separator: "/")
      if let route = QueueRoute(path: path) {
        found += 1
        #expect(QueueRoute(path: route.path) == route)
        #expect(!route.path.contains(".."))
      }
      if case .file(let parts)? = StorageRoute(path: path) {
        #expect(!parts.contains { $0 == ".." || $0.contains("/") || $0.isEmpty })
      }
    }
    #expect(found > 20)
  }

  @Test("Only fal's own hosts are taken from a proxied address")
  func targets() throws {
    let target = try #require(
      TargetURL("https://queue.fal.run/fal-ai/framepack/requests/x/status?logs=1"))
    #expect(target.service == .queue)
    #expect(target.path == "/fal-ai/framepack/requests/x/status")
    #expect(target.items["logs"] == "1")
    #expect(TargetURL("https://rest.alpha.fal.ai/storage/upload/initiate")?.service == .storage)
    #expect(TargetURL("HTTPS://FAL.RUN:443/a/b")?.service == .run)
    #expect(TargetURL("https://api.fal.ai?x")?.path == "/")
    let hook = TargetURL(
      "https://queue.fal.run/a/b?fal_webhook=https://my.example/hook?x%3D1%26y%3D2")
    #expect(hook?.items["fal_webhook"] == "https://my.example/hook?x=1&y=2")
  }

  @Test(
    "Addresses that only look like fal's are refused",
    arguments: [
      "", "queue.fal.run/a/b", "http://queue.fal.run/a/b", "https://evilfal.run/a/b",
      "https://fal.run.evil.com/a/b", "https://fal.run@evil.com/a", "https://user:pw@fal.run/a/b",
      "https://fal.run:8443/a/b", "https://fal.run:/a/b", "https://fal.run:443x/a",
      "https://fal.run./a",
      "https://fal.run\\@evil.com/", "https://127.0.0.1/a/b", "https://fal.run/a b",
      "https://fal.run/#x",
      "https:///a/b", "https://", "https://fal.run%2eevil.com/", "ftp://fal.run/a",
      "https://FAL.RUN\n/a",
      "//fal.run/a", "https:/fal.run/a", "https://[::1]/a",
    ])
  func noTargets(text: String) { #expect(TargetURL(text) == nil) }

  @Test("Routes of storage and platform are understood")
  func others() {
    #expect(StorageRoute(path: "/storage/auth/token") == .token)
    #expect(StorageRoute(path: "/storage/upload/initiate") == .initiate)
    #expect(StorageRoute(path: "/storage/upload/initiate-multipart/") == .initiateMultipart)
    #expect(StorageRoute(path: "/.well-known/jwks.json") == .webhookKeys)
    #expect(StorageRoute(path: "/files/upload") == .upload)
    #expect(StorageRoute(path: "/files/upload/multipart") == .uploadMultipart)
    #expect(
      StorageRoute(path: "/files/b/mp/x.bin/multipart/up1/11")
        == .part(file: ["b", "mp", "x.bin"], upload: "up1", number: 11))
    #expect(
      StorageRoute(path: "/files/b/mp/x.bin/multipart/up1/complete")
        == .complete(file: ["b", "mp", "x.bin"], upload: "up1"))
    #expect(StorageRoute(path: "/files/b/abc/x%20y.png") == .file(["b", "abc", "x y.png"]))
    for path in [
      "/files", "/files/", "/files/../x", "/files/a%2fb", "/files/a/multipart/u/0", "/x",
    ] {
      #expect(StorageRoute(path: path) == nil, "\(path)")
    }
    #expect(PlatformRoute(path: "/v1/models/pricing/estimate") == .estimate)
    #expect(PlatformRoute(path: "/v1/models/requests/by-endpoint/") == .requestsByEndpoint)
    #expect(PlatformRoute(path: "/v1/models") == nil)
  }
}
