import FalProtocol
import HTTP
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@testable import FalBackend

@Suite("The ends of many requests by one call, which is trusted only as far as it proves itself")
struct ListingTests {
  let fal: FalLookalike
  let folder: ScratchFolder

  init() throws {
    fal = try FalLookalike()
    folder = try ScratchFolder()
  }

  /// Settings with which even one request is looked for in the list, but not for long.
  private func settings(headStart: Duration) throws -> FalSettings {
    var settings = try fal.settings()
    settings.pace.listFrom = 1
    settings.pace.listPause = .milliseconds(5)
    settings.pace.listHeadStart = headStart
    return settings
  }

  private func page(_ entries: [JSONValue], as name: String = "items") -> FalLookalike.Reply {
    .said(200, PlatformPage(entries, nextCursor: nil).json(as: name).text)
  }

  private func entry(
    _ id: String, endpoint: String = "fal-ai/framepack/flf2v", status: Int = 200,
    ended: Bool = true, output: JSONValue? = nil
  ) -> JSONValue {
    [
      "request_id": .string(id), "endpoint_id": .string(endpoint),
      "sent_at": "2026-01-01T00:00:00Z",
      "ended_at": ended ? "2026-01-01T00:00:01Z" : .null, "status_code": .integer(status),
      "json_input": ["prompt": "x"],
      "json_output": output ?? [
        "video": ["url": .string(fal.media + "/media/clip.mp4"), "file_size": 9], "seed": 7,
      ],
    ]
  }

  private func bill(_ id: String, units: String? = "0.25") -> JSONValue {
    var bill = JSONObject([
      ("request_id", .string(id)), ("endpoint_id", "fal-ai/framepack/flf2v"), ("cost_total", 1),
    ])
    bill["output_units"] = units.map(JSONValue.number)
    return .object(bill)
  }

  private func collect(_ id: String, _ backend: FalBackend) async throws -> GeneratedClip {
    let file = folder.path.appending(id)
    let clip = try await backend.collect(try fal.ticket(id), into: file) { _ in }
    #expect(try TestFile.read(file) == Array("nine-byte".utf8))
    try TestFile.remove(file)
    return clip
  }

  @Test("Forty requests are met in the list with their bills, and none is asked about by itself")
  func many() async throws {
    let ids = (0..<40).map { "r-many-\($0)" }
    let strangers = (0..<30).map { entry("stranger-\($0)") }
    let lists =
      [strangers]
      + stride(from: 0, to: 40, by: 10).map { start in
        ids[start..<start + 10].map { entry($0) }
      }
    try await fal.script([
      "platform": lists.map { page($0) },
      "bills": stride(from: 0, to: 40, by: 10).map { start in
        page(ids[start..<start + 10].map { bill($0) }, as: "billing_events")
      },
    ])
    let backend = try fal.backend(settings(headStart: .seconds(600)))
    let clips = try await withThrowingTaskGroup(of: GeneratedClip.self) { group in
      for id in ids { group.addTask { try await collect(id, backend) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(clips == Array(repeating: GeneratedClip(seed: 7, billedUnits: "0.25"), count: 40))
    #expect(try await Set(fal.seen().map(\.route)) == ["platform", "bills", "media"])
    let asked = try await fal.seen("platform")
    #expect(
      asked.allSatisfy { $0.path.contains("status=success") && $0.headers["authorization"] != nil })
    #expect(try await fal.seen("media").allSatisfy { $0.headers["authorization"] == nil })
  }

  @Test(
    "A first look shows all that ended before it, also of those that came while it was answered")
  func firstLook() async throws {
    let pages = (0..<12).map { number in
      let entries = (0..<16).map { entry("r-\(number)-\($0)") }
      return PlatformPage(entries, nextCursor: number < 11 ? "page \(number + 1)" : nil)
    }
    try await fal.script([
      "platform": pages.map { .said(200, $0.json(as: "items").text) }
    ])
    let settings = try settings(headStart: .seconds(1))
    let list = FinishedList(
      service: FalServices(settings: settings, session: HTTPSession(settings.session)))
    let endpoint = try #require(EndpointID("fal-ai/framepack/flf2v"))
    var inFlight = 8
    let found = try await list.results(
      of: endpoint, expecting: 0,
      waiting: {
        inFlight = min(100, inFlight * 2)
        return inFlight
      }, isKnown: { _ in false })
    #expect(found.count == 12 * 16)
  }

  @Test(
    "A list that refuses, breaks or talks nonsense is asked once, and the run goes on without it")
  func broken() async throws {
    for reply in [
      FalLookalike.Reply.said(401, #"{"detail":"no"}"#), .said(403, #"{"detail":"admin only"}"#),
      .said(404, "{}"), .said(429, ""), .said(500, ""), .said(503, "<html>"), .reset, .short,
      .said(200, "<html>"), .said(200, "{}"), .said(200, #"{"items":[{"a":1}]}"#),
    ] {
      try await fal.script(["platform": [reply, reply]])
      let before = try await fal.seen("platform").count
      let backend = try fal.backend(settings(headStart: .seconds(600)))
      for id in ["r-1", "r-1"] {
        #expect(try await collect(id, backend) == GeneratedClip(seed: 42, billedUnits: "1.5"))
      }
      #expect(try await fal.seen("platform").count == before + 1, "\(reply)")
      try await fal.clear()
    }
  }

  @Test("A list that lags is given up after three requests that it ought to have shown")
  func late() async throws {
    // A first word that the request has ended says that it had before.
    try await fal.script(["stream": Array(repeating: .noStream, count: 8)])
    let backend = try fal.backend(settings(headStart: .milliseconds(20)))
    // The first look of the one behind them proves that they are not there.
    for _ in 0..<4 { #expect(try await collect("r-1", backend).seed == 42) }
    let asked = try await fal.seen("platform").count
    #expect(asked >= 3)
    for _ in 0..<5 { #expect(try await collect("r-1", backend).seed == 42) }
    #expect(try await fal.seen("platform").count == asked)
  }

  @Test("An entry that does not say all that a result says leaves the request to its own result")
  func doubtful() async throws {
    let video: JSONValue = ["video": ["file_size": 9]]
    for (entry, bills) in [
      (entry("r-1", endpoint: "fal-ai/framepack"), [bill("r-1")]),
      (entry("r-1", status: 422), [bill("r-1")]), (entry("r-1", ended: false), [bill("r-1")]),
      (entry("r-1", output: video), [bill("r-1")]), (entry("r-2"), [bill("r-1")]),
      (entry("r-1"), []), (entry("r-1"), [bill("r-1", units: nil)]),
      (entry("r-1"), [bill("r-1", units: "0")]), (entry("r-1"), [bill("r-2")]),
    ] {
      try await fal.script([
        "platform": [page([entry])], "bills": [page(bills, as: "billing_events")],
      ])
      let results = try await fal.seen("result").count
      let backend = try fal.backend(settings(headStart: .milliseconds(30)))
      #expect(try await collect("r-1", backend) == GeneratedClip(seed: 42, billedUnits: "1.5"))
      #expect(try await fal.seen("result").count == results + 1)
      try await fal.clear()
    }
  }

  @Test("When the one that looks is stopped, another one looks on")
  func handedOver() async throws {
    try await fal.script([
      "platform": [.hang, page([entry("r-2")])],
      "bills": [page([bill("r-2")], as: "billing_events")],
    ])
    let backend = try fal.backend(settings(headStart: .seconds(600)))
    let first = Task { try await collect("r-1", backend) }
    while try await fal.seen("platform").isEmpty { await Task.yield() }
    let second = Task { try await collect("r-2", backend) }
    first.cancel()
    await #expect(throws: (any Error).self) { try await first.value }
    #expect(try await second.value == GeneratedClip(seed: 7, billedUnits: "0.25"))
  }

  @Test("Few requests, large inputs and results that are not kept are never looked for")
  func unused() async throws {
    var few = try fal.settings()
    few.pace.listFrom = 2
    #expect(try await collect("r-1", try fal.backend(few)).seed == 42)
    var secret = try settings(headStart: .seconds(600))
    secret.options.storesPayloads = false
    #expect(try await collect("r-1", try fal.backend(secret)).seed == 42)
    var state = BoardState(try settings(headStart: .seconds(1)).pace)
    let ticket = try fal.ticket("r-1")
    state.enter(ticket, at: .now, inputBytes: 20_000)
    #expect(state.isWorthIt(ticket.endpoint))
    state.enter(try fal.ticket("r-2"), at: .now, inputBytes: 200_000)
    #expect(!state.isWorthIt(ticket.endpoint))
    #expect(try await fal.seen("platform").isEmpty)
  }
}

@Suite("How often the list is looked at")
struct ListingPaceTests {
  @Test(
    "Requests that take long are followed by themselves, those that end soon are met in the list")
  func headStart() {
    var pace = ListingPace(FalPace())
    #expect(pace.headStart(inFlight: 64) == .seconds(2))
    #expect(pace.headStart(inFlight: 500) == .seconds(6))
    for _ in 0..<40 { pace.shown(after: .milliseconds(100)) }
    #expect(pace.headStart(inFlight: 64) == .seconds(1))
    for _ in 0..<40 { pace.shown(after: .seconds(3)) }
    #expect(pace.headStart(inFlight: 64) == .seconds(5))
    for _ in 0..<40 { pace.ended(after: .seconds(9)) }
    #expect(pace.headStart(inFlight: 64) == .zero && pace.headStart(inFlight: 500) == .seconds(15))
    for _ in 0..<40 { pace.ended(after: .seconds(90)) }
    #expect(pace.headStart(inFlight: 500) == .zero)
  }

  @Test("Looks that find nothing become rare, and the first find makes them frequent again")
  func pauses() {
    var pace = ListingPace(FalPace())
    for _ in 0..<20 { pace.looked(found: 0) }
    #expect(pace.pause == .seconds(2))
    pace.looked(found: 3)
    #expect(pace.pause == FalPace().listPause)
    for _ in 0..<60 { pace.shown(after: .seconds(8)) }
    pace.looked(found: 3)
    #expect(pace.pause > .milliseconds(900) && pace.pause <= .seconds(1))
  }

  @Test("What is dropped stays dropped")
  func dropped() {
    var pace = ListingPace(FalPace())
    #expect(pace.isWorthIt(inFlight: 8) && !pace.isWorthIt(inFlight: 7) && !pace.isProven)
    pace.missed()
    pace.missed()
    pace.shown(after: .seconds(1))
    pace.missed()
    #expect(pace.isProven && !pace.isDropped)
    pace.missed()
    pace.shown(after: .seconds(1))
    #expect(pace.isDropped && !pace.isProven && !pace.isWorthIt(inFlight: 500))
  }

  @Test("A list that has shown hundreds may miss some at once, and is dropped when it goes on so")
  func trusted() {
    var pace = ListingPace(FalPace())
    for _ in 0..<400 { pace.shown(after: .seconds(1)) }
    for _ in 0..<20 { pace.missed() }
    #expect(!pace.isDropped)
    for _ in 0..<20 { pace.missed() }
    #expect(pace.isDropped)
  }
}
