import FalProtocol
import KeyreelCore
import KeyreelTesting
import Synchronization
import SystemPackage
import Testing

@testable import FalBackend

@Suite("From a ticket to its clip: reads that are patient, and endings that are sure")
struct CollectionTests {
  let fal: FalLookalike
  let folder: ScratchFolder
  var file: FilePath { folder.path.appending("clip") }

  init() throws {
    fal = try FalLookalike()
    folder = try ScratchFolder()
  }

  func collect(_ ticket: Ticket? = nil, _ settings: FalSettings? = nil) async throws
    -> GeneratedClip
  {
    try await fal.backend(settings).collect(try ticket ?? fal.ticket(), into: file) { _ in }
  }

  /// The error of a collection that must fail and leave nothing behind.
  func failure(_ ticket: Ticket? = nil) async -> OperationError? {
    let error = await #expect(throws: OperationError.self) { try await collect(ticket) }
    #expect(TestFile.names(in: folder.path) == [])
    return error
  }

  /// As many replies as any patience lasts.
  func always(_ reply: FalLookalike.Reply) -> [FalLookalike.Reply] {
    [FalLookalike.Reply](repeating: reply, count: 20_000)
  }

  @Test("A request costs three reads where streams work, and its progress is told once each")
  func stream() async throws {
    let told = Mutex<[GenerationProgress]>([])
    let clip = try await fal.backend().collect(try fal.ticket(), into: file) { step in
      told.withLock { $0.append(step) }
    }
    #expect(clip == GeneratedClip(seed: 42, billedUnits: "1.5"))
    #expect(try TestFile.read(file) == Array("nine-byte".utf8))
    #expect(try await fal.seen().map(\.route) == ["stream", "result", "media"])
    let root = "/queue/fal-ai/framepack/requests/r-1"
    #expect(
      try await fal.seen().map(\.path)
        == ["\(root)/status/stream?logs=0", root, "/media/clip.mp4"])
    #expect(
      told.withLock(\.self) == [
        .queued(position: 0), .rendering(done: 0, of: 0), .downloading(bytes: 0, of: 9),
      ])
  }

  @Test("Streams that die, lie, stay away or speak garbage give way to polling")
  func deadStreams() async throws {
    let event = { (text: String) in
      FalLookalike.Reply.said(200, text, ["Content-Type": "text/event-stream"])
    }
    for stream in [
      FalLookalike.Reply.noStream, .reset, .short, .said(502, "<html>"), event(""),
      event("data: {garbage\n\n\u{0}\u{1}"), event(#"data: {"status":"IN_QUEUE"}"# + "\n\n"),
      event(#"data: {"status":"COMPLETED","request_id":"someone-elses"}"# + "\n\n"),
      event(#"data: {"status":"FAILED"}"# + "\n\n"),
      event(#"data: {"status":"COMPLETED","request_id":"r-1"}"#),
    ] {
      try await fal.script([
        "stream": [stream],
        "status": [
          .state("IN_QUEUE"), .state("IN_PROGRESS"), .state("IN_QUEUE"), .state("IN_PROGRESS"),
        ],
      ])
      let before = try await fal.seen("status").count
      #expect(try await collect().seed == 42)
      #expect(try await fal.seen("status").count == before + 5)
      try TestFile.remove(file)
    }
  }

  @Test("A server without streams is soon not asked for them any more")
  func noStreams() async throws {
    try await fal.script(["stream": always(.noStream).prefix(50).map(\.self)])
    let backend = try fal.backend()
    for number in 0..<8 {
      _ = try await backend.collect(
        try fal.ticket(), into: folder.path.appending("clip\(number)")
      ) { _ in }
    }
    #expect(try await fal.seen("stream").count == 3)
  }

  @Test(
    "What passes is waited out: gateways, 429, lost connections, short answers, early questions")
  func passing() async throws {
    try await fal.script([
      "stream": [.noStream],
      "status": [
        .reset, .said(502, "<html>nginx</html>"), .said(429, #"{"detail":"slow"}"#), .short,
        .said(504, ""), .said(500, #"{"detail":"Internal Server Error"}"#), .said(200, "<html>"),
        .said(404, #"{"detail":"not yet"}"#), .state("IN_PROGRESS"),
      ],
      "result": [
        .said(504, #"{"detail":"gateway"}"#), .said(504, ""), .reset, .said(502, "<html>"),
        .said(400, #"{"detail":"Request is still in progress"}"#), .said(429, ""), .short,
        .said(200, "not json"),
      ],
      "media": [.reset, .short, .said(503, "busy"), .said(200, "too short")],
    ])
    try await fal.script(["media": [.said(200, "cut")]])
    #expect(try await collect().seed == 42)
    #expect(try TestFile.read(file) == Array("too short".utf8))
    #expect(try await fal.seen("submit").isEmpty)
  }

  @Test("Only the model's or the queue's own word ends a request")
  func endings() async throws {
    let cases: [(status: String, result: FalLookalike.Reply, words: [String])] = [
      (
        #","error":"Invalid status code: 422""#,
        .said(
          422,
          #"{"detail":[{"loc":["body","prompt"],"msg":"flagged","type":"content_policy_violation"}]}"#
        ),
        ["body.prompt: flagged [content_policy_violation]", "change the prompt"]
      ),
      (
        "",
        .said(
          422,
          #"{"detail":[{"loc":["body","image_url"],"msg":"no image","type":"image_load_error"}]}"#),
        ["body.image_url", "keyframe"]
      ),
      (
        "",
        .said(
          500,
          #"{"detail":[{"loc":["body"],"msg":"oops","type":"internal_server_error"}]}"#), ["oops"]
      ),
      (
        "", .said(504, #"{"detail":"late"}"#, ["X-Fal-Request-Timeout-Type": "user"]),
        ["late", "start timeout"]
      ),
      (
        #","error":"stopped","error_type":"client_cancelled""#, .said(499, #"{"detail":"gone"}"#),
        ["gone"]
      ),
      (
        #","error":"stopped","error_type":"client_cancelled""#, .said(404, "{}"),
        ["stopped", "r-1"]
      ),
      (
        #","error":"runner","error_type":"runner_disconnected""#, .said(503, #"{"detail":"lost"}"#),
        ["lost"]
      ),
    ]
    for (status, result, words) in cases {
      let state = FalLookalike.Reply.state("COMPLETED", more: status)
      try await fal.script(["stream": [.noStream], "status": [state, state], "result": [result]])
      let error = await failure()
      #expect(error?.code == .generationFailed, "\(result) \(String(describing: error))")
      for word in words {
        #expect(error?.description.contains(word) == true, "\(word): \(String(describing: error))")
      }
      try await fal.clear()
    }
  }

  @Test("A gateway's word about a request is no reason to buy it again")
  func gateways() async throws {
    for result in [
      FalLookalike.Reply.said(400, "<html>captive portal</html>"), .said(422, "{}"),
      .said(302, "", ["Location": "/login"]), .said(418, "teapot"), .said(503, "<html>"),
      .said(200, "{}"), .said(200, #"{"video":{}}"#),
    ] {
      try await fal.script(["result": [FalLookalike.Reply](repeating: result, count: 4)])
      var settings = try fal.settings()
      settings.pace.readPauses = [.milliseconds(1)]
      settings.pace.readPatience = .milliseconds(3)
      let error = await #expect(throws: OperationError.self) { try await collect(nil, settings) }
      #expect(error?.code == .network, "\(result) \(String(describing: error))")
      try await fal.clear()
    }
  }

  @Test("States that nobody knows, and redirects, are told and leave the ticket good")
  func strange() async throws {
    for status in [
      FalLookalike.Reply.state("FAILED"), .said(302, "", ["Location": "\(fal.base)/queue/x"]),
      .said(400, "{}"), .said(200, #"{"status":"COMPLETED","request_id":"another"}"#),
    ] {
      try await fal.script([
        "stream": [.noStream], "status": [FalLookalike.Reply](repeating: status, count: 9),
      ])
      #expect(await failure()?.code == .network)
      try await fal.clear()
    }
    #expect(try await fal.seen().allSatisfy { !$0.path.hasSuffix("/x") })
  }

  @Test("A refused key or a locked account stops the wait at once")
  func refused() async throws {
    for (status, body, code) in [
      (401, "{}", OperationError.Code.badKey),
      (403, #"{"detail":"User is locked"}"#, .accountLocked),
    ] {
      for route in ["status", "result"] {
        try await fal.script(["stream": [.noStream], route: [.said(status, body)]])
        let error = await failure()
        #expect(error?.code == code && error?.stopsAsking == true)
      }
    }
  }

  @Test("What the queue has forgotten is found in the platform's records")
  func forgotten() async throws {
    let gone = FalLookalike.Reply.said(404, #"{"detail":"not found"}"#)
    let record = { (more: String) in
      FalLookalike.Reply.said(
        200, #"{"items":[{"request_id":"r-1","endpoint_id":"x"\#(more)}],"has_more":false}"#)
    }
    let output = #","json_output":{"video":{"url":"\#(fal.media)/media/old.mp4"},"seed":7}"#
    try await fal.script([
      "stream": [gone], "status": [gone, gone, gone], "result": [gone],
      "platform": [
        record(#","ended_at":null"#), record(#","ended_at":"2026-11-22T10:00:00Z""#),
        record(#","ended_at":"2026-11-22T10:00:00Z","status_code":200"# + output),
        record(#","ended_at":"2026-11-22T10:00:00Z","status_code":200"# + output),
      ],
    ])
    #expect(try await collect().seed == 7)
    let asked = try #require(try await fal.seen("platform").first?.path)
    #expect(asked.contains("endpoint_id=fal-ai%2Fframepack%2Fflf2v"))
    #expect(asked.contains("request_id=r-1") && asked.contains("expand=payloads"))
  }

  @Test("What nobody knows any more is told as lost, and never as failed")
  func lost() async throws {
    let gone = FalLookalike.Reply.said(404, #"{"detail":"not found"}"#)
    try await fal.script([
      "stream": [gone], "status": [FalLookalike.Reply](repeating: gone, count: 4),
    ])
    #expect(await failure()?.code == .ticketLost)
    for media in [404, 410, 403] {
      try await fal.script(["media": [.said(media, "gone")]])
      #expect(await failure()?.code == .ticketLost)
    }
  }

  @Test("A ticket that lies never makes a request")
  func hostileTickets() async throws {
    let evil = try [
      fal.ticket("../../../evil"), fal.ticket("a/b"), fal.ticket("a%2fb"), fal.ticket(""),
      fal.ticket("r-1?x=1"), fal.ticket("r-1\r\nX: 1"),
      fal.ticket(String(repeating: "a", count: 65)),
      fal.ticket(endpoint: "https://evil.invalid/x"), fal.ticket(endpoint: "//evil.invalid/x"),
      fal.ticket(endpoint: "../evil/x"), fal.ticket(endpoint: "a/requests/b"),
      fal.ticket(endpoint: "a@evil/b"), fal.ticket(origin: "evil.invalid"),
      fal.ticket(origin: "queue.fal.run"), fal.ticket(account: "000000000000"),
      Ticket(id: "r-1", endpoint: "a/b", backend: BackendIdentity(kind: "animatic", origin: "1")),
    ]
    for ticket in evil {
      let error = await failure(ticket)
      #expect(error?.code == .ticketLost || error?.code == .permissionDenied)
      #expect(error?.message.contains("\r") == false && error?.message.contains("\n") == false)
      await (try fal.backend()).cancel(ticket)
    }
    #expect(try await fal.seen().isEmpty)
  }

  @Test("Addresses in answers are followed for media alone, without the key, and never to files")
  func addresses() async throws {
    let output = { (url: String) in
      FalLookalike.Reply.said(200, #"{"video":{"url":"\#(url)"}}"#)
    }
    let moved = FalLookalike.Reply.said(302, "", ["Location": "\(fal.media)/media/there"])
    try await fal.script(["result": [output("\(fal.media)/media/here")], "media": [moved, moved]])
    _ = try await collect()
    #expect(try TestFile.read(file) == Array("nine-byte".utf8))
    try TestFile.remove(file)
    for url in ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x", "http://10.0.0.1/x", "x"] {
      try await fal.script(["result": [output(url)]])
      #expect(await failure() != nil)
    }
    #expect(try await fal.seen("media").allSatisfy { $0.headers["authorization"] == nil })
  }

  @Test("A collection that is stopped ends at once and leaves nothing")
  func stopped() async throws {
    try await fal.script([
      "stream": [.noStream], "status": always(.state("IN_QUEUE")).prefix(5000).map(\.self),
    ])
    let task = Task { try await collect() }
    while try await fal.seen("status").count < 3 { await Task.yield() }
    task.cancel()
    await #expect(throws: (any Error).self) { try await task.value }
    #expect(TestFile.names(in: folder.path) == [])
  }

  @Test("Cancelling asks at the request's own address")
  func cancel() async throws {
    await (try fal.backend()).cancel(try fal.ticket())
    let asked = try #require(try await fal.seen("cancel").first)
    #expect(asked.method == "PUT" && asked.path == "/queue/fal-ai/framepack/requests/r-1/cancel")
    #expect(asked.headers["content-length"] == "0")
  }
}
