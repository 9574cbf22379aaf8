internal import FalProtocol
internal import HTTPTypes
internal import Hummingbird

/// One request of a client, its service known and its path relative to that service.
struct Call: Sendable {
  /// Which of fal's hosts the request is meant for.
  let service: FalService
  /// GET, POST and others.
  let method: HTTPRequest.Method
  /// Percent-encoded, begins with a slash, without the query.
  let path: String
  /// Decoded names and values.
  let query: QueryItems
  /// As sent; names are compared without case.
  let headers: HTTPFields
  /// The rest of the request, not read yet.
  let body: RequestBody
  /// Under which addresses this client reaches the services.
  let addresses: ServiceAddresses
  /// The server's own notes on this request; its logger is for remarks.
  let context: CallContext
}

extension Call {
  /// The first value of the header `name`, given in any case of letters.
  func header(_ name: String) -> String? {
    HTTPField.Name(name).flatMap { headers[$0] }
  }

  /// Refuses other methods than `name`; HEAD is taken wherever GET is.
  func require(method name: String) throws {
    guard method.rawValue == name || name == "GET" && method == .head else {
      throw Refusal(
        .methodNotAllowed, .text("Method Not Allowed", type: nil), headers: [.allow: name])
    }
  }

  /// The whole body; refuses more than `limit` bytes.
  func wholeBody(upTo limit: Int) async throws -> [UInt8] {
    let tooLarge = Refusal(
      .contentTooLarge,
      .text("The body has more than \(limit) bytes", type: "request_entity_too_large"))
    // What is announced as too large is not waited for.
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
    var bytes: [UInt8] = []
    for try await buffer in body {
      guard bytes.count + buffer.readableBytes <= limit else { throw tooLarge }
      bytes.append(contentsOf: buffer.readableBytesView)
    }
    return bytes
  }
}
