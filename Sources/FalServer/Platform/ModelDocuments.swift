internal import FalProtocol
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

/// `GET …/openapi/queue/openapi.json?endpoint_id=…`: the OpenAPI document of one endpoint, for everybody.
///
/// fal has it on its web site, `https://fal.ai/api/openapi/queue/openapi.json`; here it is at the same path
/// of the bare address, and below the platform's.
struct ModelDocuments: ServiceHandler {
  /// The path on the bare address.
  static let pagePath = "/api/openapi/queue/openapi.json"
  /// The path below the platform.
  static let platformPath = "/openapi/queue/openapi.json"

  let forms: [String: InputForm]

  func answer(_ call: Call) async throws -> Response {
    try call.require(anyOf: ["GET", "HEAD"])
    guard let id = call.query["endpoint_id"], !id.isEmpty else {
      throw Refusal.invalid("Field required", at: ["query", "endpoint_id"])
    }
    guard let form = forms[id] else {
      throw Refusal(.notFound, "Application \"\(id.prefix(200))\" not found")
    }
    let document = OpenAPIDocument(form.profile, server: call.addresses[.queue])
    return Answer.json(bytes: document.json.bytes)
  }
}
