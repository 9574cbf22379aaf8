import FalProtocol
import FalQueue
import KeyreelCore
import KeyreelTesting
import Testing

@testable import FalServer

@Suite("The platform's routes tell prices and estimates")
struct PriceRoutes {
  private let model = StorageTestServer.model

  @Test("Prices of one endpoint, of several, and of unknown ones")
  func pricing() async throws {
    try await StorageTestServer.run { server in
      let path = "/platform/v1/models/pricing?endpoint_id="
      let one = try await server.get(path + model)
      #expect(
        one.json["prices"] == [
          [
            "endpoint_id": .string(model), "unit_price": .number("0.0333"), "unit": "second",
            "currency": "USD",
          ]
        ])
      #expect(one.json["has_more"] == false)
      for query in ["\(model),fal-ai/wan-flf2v", "\(model)&endpoint_id=fal-ai/wan-flf2v"] {
        #expect(try await server.get(path + query).json["prices"]?.arrayValue?.count == 2)
      }
      let unknown = try await server.get(path + "no/such")
      #expect(unknown.status == 404)
      #expect(unknown.json["error"]?["type"] == "not_found")
      let many = (0..<51).map { "a/b\($0)" }.joined(separator: ",")
      for query in ["", many] {
        let answer = try await server.get(path + query)
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["type"] == "validation_error")
      }
    }
  }

  @Test("Estimates by units and by calls, from the price and from history")
  func estimates() async throws {
    try await StorageTestServer.run { server in
      func total(_ type: String, _ quantity: String, _ count: JSONValue) async throws -> String? {
        let endpoint = JSONValue.object(JSONObject([(quantity, count)]))
        let answer = try await server.post(
          "/platform/v1/models/pricing/estimate",
          [
            "estimate_type": .string(type),
            "endpoints": .object(JSONObject([(model, endpoint)])),
          ])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["currency"] == "USD")
        return answer.json["total_cost"]?.text
      }
      #expect(try await total("unit_price", "unit_quantity", 10) == "0.333")
      #expect(try await total("unit_price", "unit_quantity", .number("12.5")) == "0.41625")
      // 240 frames at 30 per second are 8 seconds.
      #expect(try await total("historical_api_price", "call_quantity", 10) == "2.664")
      let id = try await server.post(
        "/run/\(model)",
        ["prompt": "p", "image_url": "data:,a", "end_image_url": "data:,b", "num_frames": 30])
      #expect(id.status == 200)
      #expect(try await total("historical_api_price", "call_quantity", 10) == "0.333")
      for body in [
        "{}", "[]", "{", #"{"estimate_type":"x","endpoints":{"\#(model)":{}}}"#,
        #"{"estimate_type":"unit_price","endpoints":{}}"#,
        #"{"estimate_type":"unit_price","endpoints":{"\#(model)":{"unit_quantity":-1}}}"#,
        #"{"estimate_type":"historical_api_price","endpoints":{"\#(model)":{"call_quantity":1.5}}}"#,
      ] {
        let answer = try await server.call(
          "POST", "/platform/v1/models/pricing/estimate",
          headers: ["Authorization": "Key \(server.key)"], body: Array(body.utf8))
        #expect(answer.status == 400, "\(body): \(answer.text)")
        #expect(answer.json["error"]?["type"] == "validation_error")
      }
    }
  }
}
