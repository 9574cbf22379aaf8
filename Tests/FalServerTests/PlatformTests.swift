import FalProtocol
import FalQueue
import KeyreelCore
import KeyreelTesting
import Testing

@testable import FalServer

@Suite("The platform's routes tell the truth about requests")
struct PlatformRoutes {
  static let model = StorageTestServer.model

  /// Runs a request of 30 frames; returns its id.
  @discardableResult
  static func run(
    _ server: StorageTestServer, _ model: String = model, prompt: String = "p",
    headers: [String: String] = [:], first: String = "data:,a"
  ) async throws -> String {
    let picture = model == self.model ? "image_url" : "start_image_url"
    let answer = try await server.post(
      "/run/\(model)",
      .object(
        JSONObject([
          ("prompt", .string(prompt)), (picture, .string(first)), ("end_image_url", "data:,b"),
        ])), headers: headers)
    return try #require(answer["x-fal-request-id"])
  }

  static func items(
    _ server: StorageTestServer, _ query: String = ""
  ) async throws -> [JSONValue] {
    let answer = try await server.get(
      "/platform/v1/models/requests/by-endpoint?endpoint_id=\(model)\(query)")
    #expect(answer.status == 200, "\(answer.text)")
    return try #require(answer.json["items"]?.arrayValue)
  }

  @Test("A key sees its own requests alone, with what they were and became")
  func requests() async throws {
    try await StorageTestServer.run { server in
      let id = try await Self.run(server, prompt: "seen")
      try await Self.run(server, headers: ["Authorization": "Key \(server.otherKey)"])
      let plain = try await Self.items(server)
      #expect(plain.count == 1)
      #expect(plain[0]["request_id"]?.stringValue == id)
      #expect(plain[0]["endpoint_id"]?.stringValue == Self.model)
      #expect(plain[0]["status_code"] == 200)
      for time in ["sent_at", "started_at", "ended_at"] {
        #expect(plain[0][time]?.stringValue == "2026-09-21T14:13:20.000Z")
      }
      #expect(plain[0]["json_input"] == nil)
      let full = try await Self.items(server, "&expand=payloads&request_id=\(id)")
      #expect(full[0]["json_input"]?["prompt"] == "seen")
      let url = full[0]["json_output"]?["video"]?["url"]?.stringValue
      #expect(try await server.call("GET", try server.path(of: url)).body == Array("ab".utf8))
      #expect(try await Self.items(server, "&request_id=no-such") == [])
    }
  }

  @Test("What was not to be kept is not shown")
  func unstored() async throws {
    try await StorageTestServer.run { server in
      try await Self.run(server, headers: ["X-Fal-Store-IO": "0"])
      let items = try await Self.items(server, "&expand=payloads")
      #expect(items.count == 1)
      #expect(items[0]["json_input"] == nil && items[0]["json_output"] == nil)
    }
  }

  @Test("Filters by outcome, window and request")
  func filters() async throws {
    try await StorageTestServer.run { server in
      let good = try await Self.run(server)
      let begin = server.clock.now.rfc3339
      server.clock.advance(by: .seconds(3600))
      let bad = try await Self.run(server, first: "ftp://x")
      func ids(_ query: String) async throws -> [String?] {
        try await Self.items(server, query).map { $0["request_id"]?.stringValue }
      }
      #expect(try await ids("") == [bad, good])
      #expect(try await ids("&status=success") == [good])
      #expect(try await ids("&status=user_error") == [bad])
      #expect(try await ids("&status=error") == [])
      #expect(try await ids("&end=\(begin)") == [], "the end is not in the window")
      #expect(try await ids("&start=\(begin)&end=2026-09-21T14:13:21Z") == [good])
      #expect(try await ids("&start=2026-09-21T16:13:20+02:00&end=2026-09-21T14:13:21Z") == [good])
      #expect(try await ids("&start=2026-09-21T14:13:21Z") == [bad])
      #expect(try await ids("&start=2026-09-21") == [bad, good])
      server.clock.advance(by: .seconds(86_401))
      #expect(try await ids("") == [], "a day by itself")
      #expect(try await ids("&request_id=\(good)") == [good], "90 days for one request")
      for wrong in [
        "&limit=0", "&limit=101", "&limit=x", "&status=lost", "&sort_by=x", "&start=yesterday",
        "&start=2026-02-30", "&end=2026-13-01", "&start=2026-09-22&end=2026-09-21", "&cursor=x",
        "&cursor=1.2.3", "&start=2026-09-21T25:00:00Z",
      ] {
        let answer = try await server.get(
          "/platform/v1/models/requests/by-endpoint?endpoint_id=\(Self.model)\(wrong)")
        #expect(answer.status == 400, "\(wrong)")
        #expect(answer.json["error"]?["type"] == "validation_error", "\(wrong)")
      }
      #expect(try await server.get("/platform/v1/models/requests/by-endpoint").status == 400)
    }
  }

  @Test(
    "Pages together hold every request once", arguments: ["ended_at", "duration"],
    ["", "&expand=payloads"])
  func pages(order: String, expand: String) async throws {
    try await StorageTestServer.run { server in
      var sent: Set<String> = []
      for index in 0..<7 {
        sent.insert(try await Self.run(server))
        if index % 2 == 0 { server.clock.advance(by: .seconds(1)) }
      }
      sent.insert(try await Self.run(server, "fal-ai/wan-flf2v"))
      var (found, cursor): ([String], String) = ([], "")
      for _ in 0..<10 {
        let answer = try await server.get(
          "/platform/v1/models/requests/by-endpoint?endpoint_id=\(Self.model),fal-ai/wan-flf2v"
            + "&limit=3&sort_by=\(order)\(expand)\(cursor)")
        let items = try #require(answer.json["items"]?.arrayValue)
        #expect(items.count <= 3)
        found += items.compactMap { $0["request_id"]?.stringValue }
        guard let next = answer.json["next_cursor"]?.stringValue else {
          #expect(answer.json["has_more"] == false)
          break
        }
        cursor = "&cursor=\(next)"
      }
      #expect(found.count == 8)
      #expect(Set(found) == sent)
    }
  }

  @Test("Pages with large payloads end early and lose nothing")
  func largePayloads() async throws {
    try await StorageTestServer.run { server in
      let picture = "data:," + String(repeating: "a", count: 9 << 20)
      for _ in 0..<2 { try await Self.run(server, first: picture) }
      let base =
        "/platform/v1/models/requests/by-endpoint?endpoint_id=\(Self.model)&expand=payloads"
      let first = try await server.get(base)
      #expect(first.json["items"]?.arrayValue?.count == 1)
      let cursor = try #require(first.json["next_cursor"]?.stringValue)
      let second = try await server.get("\(base)&cursor=\(cursor)")
      #expect(second.json["items"]?.arrayValue?.count == 1)
      #expect(second.json["next_cursor"] == .null)
    }
  }

  @Test("Billing events say what a request cost, to the billionth")
  func billing() async throws {
    try await StorageTestServer.run { server in
      let id = try await Self.run(server)
      let bad = try await Self.run(server, first: "ftp://x")
      let path = "/platform/v1/models/billing-events"
      let events = try await server.get("\(path)?request_id=\(id),\(bad)")
      let event = try #require(events.json["billing_events"]?[0])
      #expect(events.json["billing_events"]?.arrayValue?.count == 1, "failures are free")
      #expect(event["request_id"]?.stringValue == id)
      #expect(event["output_units"]?.text == "8")
      #expect(event["unit_price"]?.text == "0.0333")
      #expect(event["cost_total"]?.text == "0.2664")
      #expect(event["cost_estimate_nano_usd"] == 266_400_000)
      let others = try await server.get(
        path, headers: ["Authorization": "Key \(server.otherKey)"])
      #expect(others.json["billing_events"] == [])
      #expect(
        try await server.get("\(path)?endpoint_id=no/such").json["billing_events"] == [])
      #expect(try await server.get("\(path)?cursor=0").status == 400)
    }
  }

  @Test("Erased payloads are gone with their files; the record stays")
  func erasure() async throws {
    try await StorageTestServer.run { server in
      let id = try await Self.run(server)
      let path = "/platform/v1/models/requests/\(id)/payloads"
      func erase(_ key: String) async throws -> WireAnswer {
        try await server.call("DELETE", path, headers: ["Authorization": "Key \(key)"])
      }
      #expect(try await erase(server.otherKey).status == 404)
      #expect(try await erase("a:b").json["error"]?["type"] == "authorization_error")
      #expect(try await server.get(path).status == 405)
      let done = try await erase(server.key)
      #expect(done.status == 200)
      let results = try #require(done.json["cdn_delete_results"]?.arrayValue)
      #expect(results.count == 1)
      #expect(results[0]["exception"] == .null)
      let link = try server.path(of: results[0]["link"]?.stringValue)
      #expect(try await server.call("GET", link).status == 404)
      #expect(server.filesOnDisk() == [])
      #expect(try await server.get("/queue/fal-ai/framepack/requests/\(id)").status == 404)
      let items = try await Self.items(server, "&expand=payloads")
      #expect(items.count == 1 && items[0]["json_input"] == nil)
      #expect(try await erase(server.key).json["cdn_delete_results"] == [])
    }
  }

  @Test("Without a key, at a wrong path and by a wrong method: the platform's own errors")
  func errors() async throws {
    try await StorageTestServer.run { server in
      for (method, path, status, type) in [
        ("GET", "/v1/models/pricing?endpoint_id=a/b", 401, "authorization_error"),
        ("POST", "/v1/models/pricing/estimate", 401, "authorization_error"),
        ("GET", "/v1/models/requests/by-endpoint", 401, "authorization_error"),
        ("GET", "/v1/models/billing-events", 401, "authorization_error"),
        ("GET", "/v1/models/nothing", 404, "not_found"), ("GET", "/v1", 404, "not_found"),
        ("POST", "/v1/models/pricing", 405, "validation_error"),
      ] {
        for host in [nil, "api.fal.ai"] {
          let answer = try await server.call(
            method, (host == nil ? "/platform" : "") + path, host: host, body: [])
          #expect(answer.status == status, "\(path)")
          #expect(answer.json["error"]?["type"]?.stringValue == type, "\(path)")
          #expect(answer.json["error"]?["message"]?.stringValue != nil)
          #expect(answer.json["detail"] == nil)
        }
      }
    }
  }

  @Test(
    "The OpenAPI document is valid, for everybody, and names the queue as its reader reaches it")
  func openAPI() async throws {
    try await StorageTestServer.run { server in
      for path in ["/platform/openapi/queue/openapi.json", "/api/openapi/queue/openapi.json"] {
        for model in [Self.model, "fal-ai/wan-flf2v"] {
          let answer = try await server.call("GET", "\(path)?endpoint_id=\(model)")
          #expect(answer.status == 200)
          #expect(try OpenAPICheck.complaints(of: answer.body) == "")
          #expect(answer.json["servers"]?[0]?["url"]?.stringValue == server.url("/queue"))
          #expect(answer.json["info"]?["x-fal-metadata"]?["endpointId"]?.stringValue == model)
        }
        #expect(try await server.call("GET", path).status == 422)
        #expect(try await server.call("GET", "\(path)?endpoint_id=a/b").status == 404)
        #expect(try await server.call("PUT", path, body: []).status == 405)
      }
      let hosted = try await server.call(
        "GET", "/openapi/queue/openapi.json?endpoint_id=\(Self.model)", host: "api.fal.ai")
      #expect(hosted.json["servers"]?[0]?["url"] == "https://queue.fal.run")
    }
  }
}
