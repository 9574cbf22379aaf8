import FalProtocol
import KeyreelCore
import KeyreelTesting
import Testing

@testable import FalBackend

@Suite("Reconciling: what was sent is found by the whole of what was sent")
struct RecordTests {
  typealias Request = FalRecords.Request
  typealias Intent = RequestMatching.Intent

  @Test("Inputs are equal whatever the order of their keys and the form of their numbers")
  func canonical() {
    let same = [
      #"{"a":1,"b":[0.80,{"x":null,"y":"é\n"}],"c":100}"#,
      #" { "c" : 1e2, "b" : [ 8e-1, { "y":"\u00e9\n", "x": null } ], "a" : 1.0 } "#,
      #"{"b":[0.8000,{"x":null,"y":"é\n"}],"a":10e-1,"c":100.0}"#,
    ]
    #expect(Set(same.map { CanonicalInput($0) }).count == 1)
    let different = [
      #"{"a":1}"#, #"{"a":"1"}"#, #"{"a":1.0000000000000000001}"#, #"{"a":true}"#, #"{"a":-1}"#,
      #"{"a":[1]}"#, #"{"a":null}"#, #"{}"#, #"{"a":1,"b":1}"#, #"{"a":9007199254740993}"#,
      #"{"a":9007199254740992}"#, #"{"a":10}"#, #"{"a":0.1}"#, #"{"a":1e400}"#, #"{"a":2e400}"#,
      #"{"A":1}"#, #"{"a":1e99999999999999999999}"#,
    ]
    #expect(Set(different.map { CanonicalInput($0) }).count == different.count)
    #expect(CanonicalInput(#"{"a":-0.0}"#) == CanonicalInput(#"{"a":0}"#))
    #expect(CanonicalInput("{") == nil)
  }

  func request(
    _ id: String, _ input: String?, at time: String = "2026-11-22T10:00:00Z",
    endpoint: String = "a/b/c"
  ) -> Request {
    Request(id: id, endpoint: endpoint, sentAt: time, input: input.flatMap { CanonicalInput($0) })
  }

  func intent(_ name: String, _ input: String, at time: String? = "2026-11-22T10:00:00Z") -> Intent
  {
    Intent(key: RecipeKey(Digest.of(name)), endpoint: "a/b/c", input: input, begunAt: time)
  }

  func find(_ intents: [Intent], _ requests: [Request], owned: Set<String> = []) -> [String] {
    let findings = RequestMatching.findings(for: intents, among: requests, owned: owned)
    return intents.map { intent in
      switch findings[intent.key] {
      case .one(let request): "one \(request.id)"
      case .several(let requests): "several \(requests.map(\.id).joined(separator: " "))"
      case RequestMatching.Finding.none?: "none"
      case nil: "missing"
      }
    }
  }

  @Test("One match is adopted, several are the author's to choose, none proves nothing")
  func findings() {
    let x = #"{"seed":1,"prompt":"x"}"#, y = #"{"seed":1,"prompt":"y"}"#
    let turned = #"{"prompt":"x","seed":1.0}"#
    #expect(find([intent("1", x)], [request("r1", turned), request("r2", y)]) == ["one r1"])
    #expect(find([intent("1", x)], [request("r2", y), request("r3", nil)]) == ["none"])
    #expect(find([intent("1", x)], [request("r1", x)], owned: ["r1"]) == ["none"])
    #expect(
      find([intent("1", x)], [request("r1", x), request("r2", x)], owned: ["r1"]) == ["one r2"])
    #expect(
      find(
        [intent("1", x)],
        [request("r2", x, at: "2026-11-22T10:00:02Z"), request("r1", x), request("r1", x)])
        == ["several r1 r2"])
    #expect(find([intent("1", x)], [request("r1", x, endpoint: "a/b")]) == ["none"])
    #expect(find([intent("1", "no json")], [request("r1", nil)]) == ["none"])
  }

  @Test("No request is given to two submissions")
  func rivals() {
    let x = #"{"seed":1}"#
    #expect(
      find([intent("1", x), intent("2", x)], [request("r1", x)]) == ["several r1", "several r1"])
    #expect(
      find(
        [intent("1", x), intent("2", #"{"seed":2}"#)],
        [request("r1", x), request("r2", #"{"seed":2}"#)]) == ["one r1", "one r2"])
  }

  @Test("What was sent long before cannot be it; clocks may differ a little")
  func times() {
    let x = #"{"seed":1}"#
    for (time, found) in [
      ("2026-11-22T09:00:00Z", "none"), ("2026-11-22T09:58:00Z", "one r"),
      ("2026-11-22T10:58:00.123+01:00", "one r"), ("2026-11-22T10:00:00+02:00", "none"),
      ("2026-11-23T10:00:00Z", "one r"), ("gibberish", "one r"), ("", "one r"),
    ] {
      #expect(find([intent("1", x)], [request("r", x, at: time)]) == [found], "\(time)")
    }
    #expect(
      find([intent("1", x, at: nil)], [request("r", x, at: "2020-01-01T00:00:00Z")]) == ["one r"])
  }

  @Test("Random histories: every finding is right and no request is adopted twice")
  func random() {
    var random = SplitMix(seed: 4)
    for _ in 0..<300 {
      let inputs = (0..<4).map { #"{"seed":\#($0)}"# }
      let intents = (0..<Int(random.next() % 5)).map { number in
        intent("\(number)", inputs[Int(random.next() % 4)])
      }
      let requests = (0..<Int(random.next() % 8)).map { number in
        request("r\(number)", inputs[Int(random.next() % 4)])
      }
      let owned = Set(requests.map(\.id).filter { _ in random.next() % 3 == 0 })
      let findings = RequestMatching.findings(for: intents, among: requests, owned: owned)
      var adopted: [String] = []
      for intent in intents {
        let fitting = requests.filter {
          !owned.contains($0.id) && $0.input == CanonicalInput(intent.input)
        }
        switch findings[intent.key] {
        case .one(let request):
          adopted.append(request.id)
          #expect(fitting == [request])
        case .several(let several): #expect(several == fitting && !fitting.isEmpty)
        case RequestMatching.Finding.none?: #expect(fitting.isEmpty)
        case nil: Issue.record("every intent has a finding")
        }
      }
      #expect(Set(adopted).count == adopted.count)
    }
  }

  @Test("All pages are read, patiently; a server that pages for ever is not")
  func pages() async throws {
    let fal = try FalLookalike()
    func page(_ ids: Range<Int>, next: String?) -> FalLookalike.Reply {
      let items = ids.map {
        #"{"request_id":"r\#($0)","endpoint_id":"a/b","sent_at":"2026-11-22T10:00:00Z","json_input":{"seed":\#($0).0}}"#
      }
      let cursor = next.map { "\"\($0)\"" } ?? "null"
      return .said(
        200,
        #"{"items":[\#(items.joined(separator: ","))],"next_cursor":\#(cursor),"has_more":\#(next != nil)}"#
      )
    }
    try await fal.script([
      "platform": [
        page(0..<100, next: "c1"), .said(503, "<html>"), .reset, page(100..<200, next: "c2&x=1"),
        page(200..<203, next: nil),
      ]
    ])
    let records = FalRecords(try fal.settings())
    let found = try await records.requests(of: "a/b", from: "2026-11-22T00:00:00Z")
    #expect(found.map(\.id) == (0..<203).map { "r\($0)" })
    #expect(found[7].input == CanonicalInput(#"{"seed":7}"#))
    let asked = try await fal.seen("platform").map(\.path)
    #expect(asked.count == 5 && asked[4].hasSuffix("cursor=c2%26x%3D1"))
    #expect(asked[0].contains("start=2026-11-22T00%3A00%3A00Z") && asked[0].contains("limit=100"))
    try await fal.script(["platform": [page(0..<1, next: "c"), page(0..<1, next: "c")]])
    let endless = await #expect(throws: OperationError.self) {
      try await records.requests(of: "a/b", from: nil)
    }
    #expect(endless?.message.contains("no end") == true)
    try await fal.script([
      "platform": [.said(403, #"{"error":{"type":"f","message":"admin only"}}"#)]
    ])
    let refused = await #expect(throws: OperationError.self) {
      try await records.requests(of: "a/b", from: nil)
    }
    #expect(refused?.code == .permissionDenied && refused?.message.contains("admin only") == true)
  }

  @Test("Bills come for the requests that were asked about")
  func bills() async throws {
    let fal = try FalLookalike()
    try await fal.script([
      "bills": [
        .said(
          200,
          #"{"billing_events":[{"request_id":"r1","output_units":8,"unit_price":"0.0333","cost_estimate_nano_usd":266400000},{"request_id":"rx","cost_total":9}],"next_cursor":null}"#
        )
      ]
    ])
    let bills = try await FalRecords(try fal.settings()).bills(of: ["r1", "r2", "../x"])
    #expect(bills.map(\.requestID) == ["r1"])
    #expect(bills.first?.cost == Money(nanos: 266_400_000))
    #expect(try await fal.seen("bills").first?.path.contains("request_id=r1%2Cr2") == true)
  }
}
