import FalProtocol
import HTTP
import KeyreelCore
import KeyreelTesting
import ModelCatalog
import Synchronization
import SystemPackage

@testable import FalBackend

/// A server of fal's protocol in a process of its own that answers as its script says.
///
/// Queue, storage and platform are on one port; media and uploads on another, where no key may come.
/// It keeps all requests with their headers.
struct FalLookalike: Sendable {
  /// What one request is answered with.
  struct Reply {
    var status = 200
    var headers: [String: String] = [:]
    var body = ""
    /// `reset` drops the connection after the request was read, `short` breaks the body off, `hang`
    /// never answers.
    var mode = ""

    static func said(_ status: Int, _ body: String, _ headers: [String: String] = [:]) -> Reply {
      Reply(status: status, headers: headers, body: body)
    }
    static func state(_ state: String, more: String = "") -> Reply {
      Reply(
        status: state == "COMPLETED" ? 200 : 202,
        body: #"{"status":"\#(state)","request_id":"r-1","queue_position":0,"logs":null\#(more)}"#)
    }
    static let reset = Reply(mode: "reset")
    static let short = Reply(mode: "short")
    static let hang = Reply(mode: "hang")
    static let noStream = Reply(status: 404, body: #"{"detail":"no such path"}"#)
  }

  /// One request as it arrived.
  struct Seen {
    var route: String
    var method: String
    var path: String
    var headers: [String: String]
    var body: String
  }

  static let key = "canary-key-id:canary-key-secret-0123456789"

  let process: PythonServer
  let control = HTTPSession(HTTPSession.Settings(reach: .loopback, allowsPlainHTTP: true))

  init() throws { process = try PythonServer(Self.program) }

  var base: String { "http://127.0.0.1:\(process.ports[0])" }
  var media: String { "http://127.0.0.1:\(process.ports[1])" }

  /// Settings for it that lose no time.
  func settings() throws -> FalSettings {
    var settings = try FalSettings(
      key: Secret(Self.key),
      addresses: [
        .queue: base + "/queue", .storage: base + "/storage", .platform: base + "/platform",
      ])
    settings.pace.readPauses = [.milliseconds(1)]
    settings.pace.readPatience = .seconds(300)
    settings.pace.firstPollPause = .milliseconds(1)
    settings.pace.longestPollPause = .milliseconds(3)
    settings.pace.pollsPerSecond = 2000
    return settings
  }

  func backend(
    _ settings: FalSettings? = nil, uploads: any UploadMemory = NoMemory()
  ) throws -> FalBackend {
    FalBackend(
      try settings ?? self.settings(), profiles: try ModelCatalog.builtIn().profiles,
      uploads: uploads)
  }

  /// Answers the next requests of each route so; then as a server in good health does.
  func script(_ replies: [String: [Reply]]) async throws {
    let json = JSONValue.object(
      JSONObject(
        replies.map { route, replies in
          (
            route,
            JSONValue.array(
              replies.map { reply in
                [
                  "status": .integer(reply.status), "body": .string(reply.body),
                  "mode": .string(reply.mode),
                  "headers": .object(
                    JSONObject(reply.headers.map { ($0.key, JSONValue.string($0.value)) })),
                ]
              })
          )
        }))
    _ = try await control.send(HTTPCall(.post, base + "/control/script", body: json.bytes))
  }

  /// Forgets what is left of the script.
  func clear() async throws {
    _ = try await control.send(HTTPCall(.post, base + "/control/clear", body: []))
  }

  /// All requests so far.
  func seen(_ route: String? = nil) async throws -> [Seen] {
    let answer = try await control.send(
      HTTPCall(.get, base + "/control/log", maximumBytes: 64 << 20))
    let entries = try JSONValue(parsing: answer.body).arrayValue ?? []
    return entries.map { entry in
      Seen(
        route: entry["route"]?.stringValue ?? "", method: entry["method"]?.stringValue ?? "",
        path: entry["path"]?.stringValue ?? "",
        headers: Dictionary(
          (entry["headers"]?.objectValue?.members ?? []).map {
            ($0.key.lowercased(), $0.value.stringValue ?? "")
          }, uniquingKeysWith: { $0 + "," + $1 }), body: entry["body"]?.stringValue ?? "")
    }
    .filter { route == nil || $0.route == route }
  }

  func ticket(
    _ id: String = "r-1", endpoint: String = "fal-ai/framepack/flf2v", origin: String? = nil,
    account: String? = nil
  ) throws -> Ticket {
    Ticket(
      id: id, endpoint: endpoint,
      backend: BackendIdentity(kind: "fal", origin: try origin ?? settings().origin),
      account: account)
  }

  /// An order for a small clip, with pictures of one colour each.
  static func order(
    prompt: String = "a lake – “dawn” \u{1F305}\n\"x\"", first: UInt8 = 10, last: UInt8 = 200,
    side: Int = 16
  ) -> GenerationOrder {
    let size = PixelSize(width: side, height: side)
    let recipe = Recipe(
      backend: SamplePlans.paid, model: "fal-ai/framepack/flf2v",
      request: ModelRequest([
        .init("prompt", .string(prompt)), .init("negative_prompt", .string("")),
        .init("seed", .integer(42)), .init("aspect_ratio", .string("16:9")),
        .init("resolution", .string("480p")), .init("cfg_scale", .number(1)),
        .init("guidance_scale", .number(10)), .init("num_frames", .integer(30)),
        .init("enable_safety_checker", .boolean(false)), .init("strength", .number(0.8)),
      ]), first: SamplePlans.keyframe(0).recipe, last: SamplePlans.keyframe(1).recipe, frames: 30,
      frameRate: .thirty)
    func picture(_ shade: UInt8) -> FittedPicture {
      var noise = SplitMix(seed: UInt64(shade))
      return FittedPicture(
        size: size, pixels: (0..<size.area * 3).map { _ in UInt8(truncatingIfNeeded: noise.next()) }
      )
    }
    return GenerationOrder(
      label: "valley/1", recipe: recipe, first: picture(first), last: picture(last))
  }

  private static let program = """
    import collections, http.server, json, socket, struct, sys, threading
    lock, log, script = threading.Lock(), [], collections.defaultdict(collections.deque)
    kept = {}
    def output(): return {"video": {"url": f"http://127.0.0.1:{ports[1]}/media/clip.mp4",
      "file_size": 9}, "seed": 42}
    def status(state="COMPLETED", rid="r-1"):
      return {"status": state, "request_id": rid, "logs": None, "queue_position": 0}
    def usual(route, method, path, body):
      if route == "submit":
        return 200, {}, json.dumps(status("IN_QUEUE"))
      if route == "status": return 200, {}, json.dumps(status())
      if route == "stream":
        text = "".join(f"data: {json.dumps(status(s))}\\n\\n" for s in ("IN_QUEUE", "IN_PROGRESS", "COMPLETED"))
        return 200, {"Content-Type": "text/event-stream"}, ": ping\\n\\n" + text
      if route == "result": return 200, {"X-Fal-Billable-Units": "1.5"}, json.dumps(output())
      if route == "cancel": return 202, {}, json.dumps({"status": "CANCELLATION_REQUESTED"})
      if route == "token":
        return 200, {}, json.dumps({"token": "upload-token", "token_type": "Bearer",
          "base_url": f"http://127.0.0.1:{ports[1]}", "expires_at": "2030-01-01T00:00:00+00:00"})
      if route == "upload":
        kept[f"/kept/{len(log)}.png"] = body
        return 200, {}, json.dumps({"access_url": f"http://127.0.0.1:{ports[1]}/kept/{len(log)}.png"})
      if route == "platform": return 200, {}, json.dumps({"items": [], "next_cursor": None, "has_more": False})
      if route == "bills": return 200, {}, json.dumps({"billing_events": [], "has_more": False})
      if route == "media": return 200, {}, "nine-byte"
      if route == "kept": return 200, {}, kept.get(path, b"")
      return 404, {}, json.dumps({"detail": "no such path"})
    def name(method, path):
      path = path.partition("?")[0]
      if path.startswith("/queue/"):
        if method == "POST": return "submit"
        if path.endswith("/status"): return "status"
        if path.endswith("/stream"): return "stream"
        if path.endswith("/cancel"): return "cancel"
        return "result"
      if path.startswith("/storage/"): return "token"
      if path.startswith("/platform/"): return "bills" if "billing" in path else "platform"
      if path.startswith("/files/upload"): return "upload"
      if path.startswith("/media/"): return "media"
      if path.startswith("/kept/"): return "kept"
      return "other"
    class Handler(http.server.BaseHTTPRequestHandler):
      protocol_version = "HTTP/1.1"
      def log_message(self, *rest): pass
      def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/control/script":
          with lock:
            for route, replies in json.loads(body).items(): script[route].extend(replies)
          return self.say(200, {}, "")
        if self.path == "/control/clear":
          with lock: script.clear()
          return self.say(200, {}, "")
        if self.path == "/control/log":
          with lock: text = json.dumps(log)
          return self.say(200, {}, text)
        route = name(self.command, self.path)
        with lock:
          log.append({"route": route, "method": self.command, "path": self.path,
            "headers": dict(self.headers), "body": body.decode("latin-1" if route == "upload" else "utf-8")})
          reply = script[route].popleft() if script[route] else None
          if reply is None: reply = dict(zip(("status", "headers", "body"), usual(route, self.command, self.path, body)))
        mode = reply.get("mode")
        if mode == "hang": threading.Event().wait()
        if mode == "reset":
          self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
          self.close_connection = True
          return self.connection.close()
        self.say(reply["status"], reply["headers"], reply["body"], cut=mode == "short")
      def say(self, status, headers, text, cut=False):
        body = text if isinstance(text, bytes) else text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + (50 if cut else 0)))
        for key, value in headers.items(): self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD": self.wfile.write(body)
        if cut: self.close_connection = True
      do_GET = do_POST = do_PUT = do_HEAD = answer
    class Server(http.server.ThreadingHTTPServer):
      daemon_threads, request_queue_size = True, 1024
      def handle_error(self, *rest): pass
    servers = [Server(("127.0.0.1", 0), Handler) for _ in range(2)]
    ports = [server.server_port for server in servers]
    print(*ports, flush=True)
    for server in servers: threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    """
}

/// Remembers nothing.
struct NoMemory: UploadMemory {
  func address(of digest: Digest, at origin: String) -> String? { nil }
  func remember(_ address: String, of digest: Digest, at origin: String, lifetime: Duration) {}
}

/// Remembers as long as it lives.
final class ShortMemory: UploadMemory {
  private let known = Mutex<[String: String]>([:])

  func address(of digest: Digest, at origin: String) -> String? {
    known.withLock { $0["\(origin) \(digest)"] }
  }
  func remember(_ address: String, of digest: Digest, at origin: String, lifetime: Duration) {
    known.withLock { $0["\(origin) \(digest)"] = address }
  }
}
