internal import FalProtocol
internal import HTTPTypes
internal import Hummingbird

/// Lets pages of any origin call the server: calls are allowed by their key and never by a cookie.
enum CrossOrigin {
  /// What pages may read beside fal's own headers: what downloads and uploads are told.
  private static let readable =
    (FalHeader.toBrowsers + ["etag", "accept-ranges", "content-range", "content-disposition"])
    .joined(separator: ", ")

  private static let sendable = Set(
    FalHeader.fromBrowsers + ["range", "if-range", "if-match", "if-none-match", "cache-control"])

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
        .accessControlAllowHeaders: allowed(request.headers[.accessControlRequestHeaders] ?? ""),
        .accessControlMaxAge: "86400",
      ])
  }

  /// Marks `response` as readable for the page that sent `request`.
  static func allow(_ request: Request, _ response: inout Response) {
    guard request.headers[.origin] != nil else { return }
    response.headers[.accessControlAllowOrigin] = "*"
    response.headers[.accessControlExposeHeaders] = readable
  }

  /// Those of the headers asked for that fal knows; all that fal may come to know begin alike.
  private static func allowed(_ asked: String) -> String {
    let names = asked.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }).map(
      String.init)
    let known = names.filter { name in
      sendable.contains(name) || name.hasPrefix("x-fal-") && HTTPField.Name(name) != nil
    }
    return known.isEmpty ? sendable.sorted().joined(separator: ", ") : known.joined(separator: ", ")
  }
}
