internal import FalProtocol
internal import HTTPTypes
internal import Hummingbird

/// An answer other than success, thrown by whoever finds the reason.
struct Refusal: Error {
  let status: HTTPResponse.Status
  let body: ErrorBody
  let headers: HTTPFields

  init(_ status: HTTPResponse.Status, _ body: ErrorBody, headers: HTTPFields = [:]) {
    self.status = status
    self.body = body
    self.headers = headers
  }

  /// A refusal told in one sentence.
  init(_ status: HTTPResponse.Status, _ sentence: String, type: String? = nil) {
    self.init(status, .text(sentence, type: type))
  }

  /// There is nothing at this path.
  static let noSuchPath = Refusal(.notFound, "Not Found")

  /// The refusal as an answer; its body is JSON.
  var response: Response {
    var headers = headers
    if let type = body.type, case .text = body { headers[.falErrorType] = type }
    return Answer.json(bytes: body.bytes, status: status, headers: headers)
  }
}
