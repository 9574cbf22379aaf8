internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Ways to build the answers of all services.
enum Answer {
  /// A JSON text.
  static func json(
    bytes json: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    bytes(json, type: "application/json", status: status, headers: headers)
  }

  /// Bytes of a media type.
  static func bytes(
    _ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = type
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
