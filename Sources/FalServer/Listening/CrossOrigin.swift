internal import HTTPTypes
internal import Hummingbird

/// Lets pages of any origin call the server: calls are allowed by their key and never by a cookie.
enum CrossOrigin {
  /// The answer to a browser's question before a call; `nil` for all other requests.
  static func preflight(_ request: Request) -> Response? {
    guard request.method == .options, request.headers[.accessControlRequestMethod] != nil else {
      return nil
    }
    return Response(
      status: .noContent,
      headers: [
        .accessControlAllowMethods: "GET, POST, PUT, DELETE, HEAD, OPTIONS",
        // Browsers do not take `*` for Authorization: what is asked for is named.
        .accessControlAllowHeaders: request.headers[.accessControlRequestHeaders] ?? "*",
        .accessControlMaxAge: "86400",
      ])
  }

  /// Marks `response` as readable for the page that sent `request`.
  static func allow(_ request: Request, _ response: inout Response) {
    guard request.headers[.origin] != nil else { return }
    response.headers[.accessControlAllowOrigin] = "*"
    response.headers[.accessControlExposeHeaders] =
      "x-fal-request-id, x-fal-billable-units, x-fal-error-type, x-fal-needs-retry, etag, "
      + "accept-ranges, content-range, content-disposition"
  }
}
