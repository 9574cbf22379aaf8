import FalProtocol
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@testable import FalBackend

@Suite("Asking for a clip: one POST, and a clear answer whether it may be paid for")
struct SubmissionTests {
  let fal: FalLookalike

  init() throws { fal = try FalLookalike() }

  /// The failure of a submission that the server answers so.
  func failure(_ reply: FalLookalike.Reply) async throws -> SubmissionFailure? {
    let backend = try fal.backend()
    let prepared = try await backend.prepare(FalLookalike.order())
    try await fal.script(["submit": [reply]])
    return await #expect(throws: SubmissionFailure.self) { try await backend.submit(prepared) }
  }

  @Test("The body is byte for byte what the official Python client makes of the same input")
  func input() async throws {
    let backend = try fal.backend()
    let prepared = try await backend.prepare(FalLookalike.order())
    let ticket = try await backend.submit(prepared)
    #expect(ticket.id == "r-1" && ticket.endpoint == "fal-ai/framepack/flf2v")
    #expect(ticket.account == Secret(FalLookalike.key).fingerprint)
    let posted = try #require(try await fal.seen("submit").first)
    #expect(posted.path == "/queue/fal-ai/framepack/flf2v")
    #expect(posted.headers["authorization"] == "Key \(FalLookalike.key)")
    #expect(posted.headers["content-type"] == "application/json")
    #expect(posted.headers["x-fal-queue-priority"] == nil)
    #expect(posted.body == prepared.input)
    // The client's own serialisation: compact, and text as it is.
    let python = """
      import json, sys
      value = {"prompt": "a lake – “dawn” \u{1F305}\\n\\"x\\"", "image_url": sys.argv[1],
        "end_image_url": sys.argv[2], "negative_prompt": "", "seed": 42, "aspect_ratio": "16:9",
        "resolution": "480p", "cfg_scale": 1, "guidance_scale": 10, "num_frames": 30,
        "enable_safety_checker": False, "strength": 0.8}
      sys.stdout.write(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
      """
    let sent = try JSONValue(parsing: Array(posted.body.utf8))
    let first = try #require(sent["image_url"]?.stringValue)
    let last = try #require(sent["end_image_url"]?.stringValue)
    #expect(first.hasPrefix("data:image/png;base64,") && first != last)
    let official = try ChildProcess.run(["python3", "-c", python, first, last]).output
    #expect(posted.body == official)
  }

  @Test("What a pipeline asks of the platform travels in headers, and only that")
  func options() async throws {
    var settings = try fal.settings()
    settings.options.startTimeout = .milliseconds(90_250)
    settings.options.priority = .low
    settings.options.storesPayloads = false
    settings.options.allowsRetries = false
    settings.options.lifecycle = ObjectLifecycle(expiration: .seconds(3600))
    settings.options.maximumQueueLength = 7
    settings.tag([("project", "Lake, Day=1"), ("pipeline", "pipelines/lake.yaml"), ("run", "")])
    let backend = try fal.backend(settings)
    _ = try await backend.submit(try await backend.prepare(FalLookalike.order()))
    let posted = try #require(try await fal.seen("submit").first)
    #expect(posted.path.hasSuffix("?fal_max_queue_length=7"))
    #expect(posted.headers["x-fal-request-timeout"] == "90.25")
    #expect(posted.headers["x-fal-queue-priority"] == "low")
    #expect(posted.headers["x-fal-store-io"] == "0")
    #expect(posted.headers["x-fal-no-retry"] == "1")
    #expect(
      posted.headers["x-fal-object-lifecycle-preference"]
        == #"{"expiration_duration_seconds":3600}"#)
    #expect(posted.headers["x-fal-tags"] == "project=Lake--Day-1,pipeline=pipelines/lake.yaml")
  }

  @Test("Every refusal is definite, keeps the server's words and says what to do")
  func refusals() async throws {
    let cases: [(FalLookalike.Reply, OperationError.Code, [String])] = [
      (
        .said(401, #"{"detail":"Cannot find key"}"#), .badKey,
        ["Cannot find key", "401", "FAL_KEY"]
      ),
      (
        .said(403, #"{"detail":"User is locked. Reason: Exhausted balance."}"#), .accountLocked,
        ["Exhausted balance", "top up"]
      ),
      (.said(403, #"{"detail":"Access denied"}"#), .permissionDenied, ["Access denied"]),
      (
        .said(404, #"{"detail":"Application \"x\" not found"}"#), .notFound,
        [#"Application "x" not found"#]
      ),
      (
        .said(
          422,
          #"{"detail":[{"loc":["body","prompt"],"msg":"flagged","type":"content_policy_violation"},{"loc":["body","num_frames"],"msg":"too few","type":"greater_than_equal"}]}"#,
          ["x-fal-request-id": "abc-1"]), .generationRefused,
        [
          "body.prompt: flagged [content_policy_violation]",
          "body.num_frames: too few [greater_than_equal]", "request abc-1", "change the prompt",
        ]
      ),
      (
        .said(
          422,
          #"{"detail":[{"loc":["body","end_image_url"],"msg":"no image","type":"image_load_error"}]}"#
        ),
        .generationRefused, ["body.end_image_url: no image [image_load_error]", "keyframe"]
      ),
      (
        .said(429, #"{"detail":"Queue too long","error_type":"queue"}"#, ["Retry-After": "3"]),
        .tooManyRequests, ["Queue too long", "queue"]
      ),
      (
        .said(
          400,
          #"{"error":{"type":"bad","message":"No such thing","docs_url":"x","request_id":"plat-9"}}"#
        ),
        .generationRefused, ["No such thing", "bad", "request plat-9"]
      ),
      (.said(307, "", ["Location": "https://elsewhere.invalid/"]), .generationRefused, ["307"]),
    ]
    for (reply, code, words) in cases {
      let failed = try await failure(reply)
      #expect(failed?.outcome == .notAccepted)
      #expect(failed?.error.code == code)
      for word in words {
        #expect(
          failed?.error.description.contains(word) == true,
          "\(word) in \(String(describing: failed?.error))")
      }
      #expect(failed?.retryAfter == (code == .tooManyRequests ? .seconds(3) : nil))
      #expect(failed?.error.isRetryable == (code == .tooManyRequests))
    }
    #expect(try await fal.seen("submit").count == cases.count)
  }

  @Test("Whatever leaves room for doubt is unknown, and is posted once all the same")
  func unknown() async throws {
    let doubtful: [FalLookalike.Reply] = [
      .reset, .short, .said(500, #"{"detail":"Internal Server Error"}"#),
      .said(502, "<html><h1>502 Bad Gateway</h1>nginx</html>"), .said(503, "{}"), .said(504, ""),
      .said(408, "{}"), .said(499, "{}"), .said(200, "<html>welcome</html>"), .said(200, "{}"),
      .said(200, #"{"request_id":"../../evil"}"#), .said(302, "", ["Location": "/queue/x"]),
    ]
    for reply in doubtful {
      #expect(try await failure(reply)?.outcome == .unknown, "\(reply)")
    }
    #expect(try await fal.seen("submit").count == doubtful.count)
  }

  @Test("A submission that never left may be tried again")
  func unreachable() async throws {
    var settings = try fal.settings()
    settings.addresses[.queue] = "http://127.0.0.1:9/queue"
    let backend = try fal.backend(settings)
    let prepared = try await backend.prepare(FalLookalike.order())
    let failed = await #expect(throws: SubmissionFailure.self) {
      try await backend.submit(prepared)
    }
    #expect(failed?.outcome == .notAccepted && failed?.error.isRetryable == true)
  }

  @Test("A run that is stopped still learns the ticket of what it has just posted")
  func stopped() async throws {
    let backend = try fal.backend()
    let prepared = try await backend.prepare(FalLookalike.order())
    for _ in 0..<20 {
      let task = Task { try await backend.submit(prepared) }
      await Task.yield()
      task.cancel()
      do {
        let ticket = try await task.value
        #expect(ticket.id == "r-1")
      } catch let failure as SubmissionFailure {
        #expect(failure.outcome == .notAccepted && failure.error.code == .interrupted)
      }
    }
  }

  @Test("The key is in no word, no dump and no header outside the account's own origins")
  func canary() async throws {
    var settings = try fal.settings()
    settings.upload = .storage
    let backend = try fal.backend(settings)
    let ticket = try await backend.submit(try await backend.prepare(FalLookalike.order()))
    let folder = try ScratchFolder()
    _ = try await backend.collect(ticket, into: folder.path.appending("clip")) { _ in }
    let echo = try await failure(.said(401, #"{"detail":"no such key: \#(FalLookalike.key)"}"#))
    let half = try await failure(
      .said(400, "oh canary-key-secret-0123456789", ["x-fal-request-id": FalLookalike.key]))
    var dumped = ""
    dump(settings, to: &dumped)
    dump(backend, to: &dumped, maxDepth: 12)
    for text in [
      "\(String(describing: echo))", "\(String(describing: half))", "\(settings)", dumped,
      "\(ticket)", "\(settings.key)", String(reflecting: settings.key),
    ] {
      #expect(!text.contains("canary"), "\(text)")
    }
    for request in try await fal.seen() {
      let isOwn = ["submit", "status", "stream", "result", "token"].contains(request.route)
      #expect((request.headers["authorization"]?.contains("canary") ?? false) == isOwn)
      #expect(!request.path.contains("canary") && !request.body.contains("canary"))
    }
    #expect(
      try await fal.seen("upload").allSatisfy {
        $0.headers["authorization"] == "Bearer upload-token"
      })
    #expect(try await fal.seen("media").map { $0.headers["authorization"] } == [nil])
  }
}
