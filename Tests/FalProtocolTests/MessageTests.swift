import FalProtocol
import KeyreelCore
import Testing

@Suite("Messages of storage, platform and webhooks come back as they were written")
struct MessageTests {
  @Test("Storage")
  func storage() throws {
    let token = UploadToken(
      token: "t", baseURL: "https://rest.fal.ai", expiresAt: "2099-01-01T00:00:00+00:00")
    #expect(try UploadToken(decoding: token.json) == token)
    #expect(
      token.json.text == #"{"token":"t","token_type":"Bearer","base_url":"https://rest.fal.ai","#
        + #""expires_at":"2099-01-01T00:00:00+00:00"}"#)
    let order = UploadOrder(fileName: "a.png", contentType: "image/png")
    #expect(try UploadOrder(decoding: order.json) == order)
    #expect(try UploadOrder(decoding: [:]).contentType == "application/octet-stream")
    #expect(throws: WireError.self) { try UploadOrder(decoding: []) }
    let target = UploadTarget(fileURL: "f", uploadURL: "u")
    #expect(try UploadTarget(decoding: target.json) == target)
    let file = UploadedFile(accessURL: "f", uploadID: "up1")
    #expect(try UploadedFile(decoding: file.json) == file)
    #expect(file.json.text == #"{"access_url":"f","uploadId":"up1"}"#)
  }

  @Test("Parts of an upload are sorted, unique and free of quotes")
  func parts() throws {
    let parts = try UploadPart.list(
      decoding: JSONValue(
        parsing: #"{"parts":[{"partNumber":9,"etag":"\"e9\""},{"partNumber":1,"etag":"e1"}]}"#))
    #expect(parts == [UploadPart(number: 1, etag: "e1"), UploadPart(number: 9, etag: "e9")])
    #expect(try UploadPart.list(decoding: UploadPart.json(parts)) == parts)
    for text in [
      "{}", #"{"parts":[]}"#, #"{"parts":[{"partNumber":0,"etag":"e"}]}"#,
      #"{"parts":[{"partNumber":1}]}"#,
      #"{"parts":[{"partNumber":1,"etag":"a"},{"partNumber":1,"etag":"b"}]}"#,
      #"{"parts":[{"partNumber":10001,"etag":"a"}]}"#,
    ] {
      #expect(throws: WireError.self, "\(text)") {
        try UploadPart.list(decoding: JSONValue(parsing: text))
      }
    }
  }

  @Test("Prices and estimates are exact")
  func prices() throws {
    let price = try #require(EndpointPrice(try Fixture.flf2v()))
    #expect(
      price.json.text == #"{"endpoint_id":"fal-ai/framepack/flf2v","unit_price":0.0333,"#
        + #""unit":"second","currency":"USD"}"#)
    #expect(try EndpointPrice(decoding: price.json) == price)
    let odd = #"{"endpoint_id":"a/b","unit_price":3.33e-2,"unit":"image"}"#
    #expect(try EndpointPrice(decoding: JSONValue(parsing: odd)).unitPrice == price.unitPrice)
    for order in [EstimateOrder.calls(["a/b": 2]), .units(["c/d": Money(nanos: 1_500_000_000)])] {
      #expect(try EstimateOrder(decoding: order.json) == order)
    }
    let answer = EstimateAnswer(
      typeName: "unit_price", total: Money(nanos: 532_800_000), currency: "USD")
    #expect(
      answer.json.text == #"{"estimate_type":"unit_price","total_cost":0.5328,"currency":"USD"}"#)
    #expect(try EstimateAnswer(decoding: answer.json) == answer)
  }

  @Test(
    "Estimates that cannot be meant are refused",
    arguments: [
      "{}", #"{"estimate_type":"unit_price","endpoints":{}}"#,
      #"{"estimate_type":"x","endpoints":{"a/b":{"unit_quantity":1}}}"#,
      #"{"estimate_type":"unit_price","endpoints":{"a/b":{"call_quantity":1}}}"#,
      #"{"estimate_type":"unit_price","endpoints":{"a/b":{"unit_quantity":-1}}}"#,
      #"{"estimate_type":"historical_api_price","endpoints":{"a/b":{"call_quantity":0.5}}}"#,
    ])
  func estimates(text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(throws: WireError.self) { try EstimateOrder(decoding: value) }
  }

  @Test("Remembered requests, their query and their pages")
  func records() throws {
    let record = RequestRecord(
      requestID: "r", endpoint: "a/b", sentAt: "2026-02-17T10:30:01Z",
      endedAt: "2026-02-17T10:31:01Z",
      statusCode: 200, duration: .milliseconds(1250), input: ["seed": 7], output: nil)
    var text = JSONText()
    PlatformPage.write(to: &text, as: "items", nextCursor: "c", [record]) { record, text in
      record.write(to: &text, input: record.input?.text, output: nil)
    }
    let page = try PlatformPage(decoding: JSONValue(parsing: text.bytes), as: "items")
    #expect(page.nextCursor == "c" && page.items.count == 1)
    let entry = try #require(page.items.first)
    #expect(try RequestRecord(decoding: entry) == record)
    #expect(entry["json_output"] == nil && entry["started_at"] == .null)
    #expect(try PlatformPage(decoding: page.json(as: "items"), as: "items") == page)
    #expect(page.json(as: "items")["has_more"] == true)
    #expect(throws: WireError.self) { try PlatformPage(decoding: [:], as: "items") }
    var query = RecordQuery(endpoint: "fal-ai/framepack/flf2v")
    query.start = "2026-02-17T00:00:00+01:00"
    query.limit = 100
    query.outcome = .userError
    query.requestID = "r"
    query.order = .duration
    query.cursor = "a=b&c"
    query.includesPayloads = true
    #expect(try RecordQuery(QueryItems(parsing: query.items.text)) == query)
    for text in [
      "", "endpoint_id=", "endpoint_id=a&limit=0", "endpoint_id=a&limit=101",
      "endpoint_id=a&status=ok", "endpoint_id=a&sort_by=x",
    ] {
      #expect(throws: WireError.self, "\(text)") { try RecordQuery(QueryItems(parsing: text)) }
    }
  }

  @Test("What was billed is read from whatever the entry tells")
  func billing() throws {
    let event = BillingEvent(
      requestID: "r", endpoint: "a/b", timestamp: "t", units: Money(nanos: 12_000_000_000),
      unitPrice: Money(nanos: 33_300_000), cost: Money(nanos: 399_600_000), currency: "USD")
    #expect(try BillingEvent(decoding: event.json) == event)
    func cost(_ text: String) throws -> Money {
      try BillingEvent(decoding: JSONValue(parsing: text)).cost
    }
    #expect(
      try cost(#"{"request_id":"r","cost_total":0.045,"cost_estimate_nano_usd":45000001}"#).nanos
        == 45_000_001)
    #expect(try cost(#"{"request_id":"r","cost_total":0.045}"#).nanos == 45_000_000)
    #expect(
      try cost(#"{"request_id":"r","output_units":2,"unit_price":0.025}"#).nanos == 50_000_000)
    #expect(throws: WireError.self) { try cost(#"{"request_id":"r"}"#) }
  }

  @Test("Webhooks are told and signed as documented")
  func webhooks() throws {
    let good = WebhookMessage(
      requestID: "r", gatewayRequestID: "g", outcome: .ok(payload: ["video": ["url": "u"]]))
    let bad = WebhookMessage(
      requestID: "r", gatewayRequestID: "g",
      outcome: .error("Invalid status code: 422", payload: ["detail": []]))
    for message in [good, bad] { #expect(try WebhookMessage(decoding: message.json) == message) }
    #expect(bad.json["status"] == "ERROR" && good.json["error"] == nil)
    // The digest of no bytes is known from the standard's own examples.
    #expect(
      WebhookMessage.signedText(requestID: "r", userID: "u", timestamp: 1_700_000_000, body: [])
        == "r\nu\n1700000000\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    let keys = WebhookMessage.keySet([(id: "1", x: "abc")])
    #expect(keys["keys"]?[0]?["x"] == "abc" && keys["keys"]?[0]?["crv"] == "Ed25519")
  }
}
