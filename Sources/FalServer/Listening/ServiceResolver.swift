internal import FalProtocol
internal import HTTPTypes
internal import Hummingbird

/// Tells which of fal's services a request is meant for.
///
/// In this order: the header `x-fal-target-url` (fal's clients behind a proxy address), one of fal's
/// host names (clients behind the CONNECT proxy), a path prefix such as `/run`, a page of this server;
/// all other paths are the queue's, so that `FAL_QUEUE_RUN_HOST` may be the bare address.
struct ServiceResolver: Sendable {
  /// A request and who answers it.
  enum Resolved {
    case service(Call)
    case page(Call)
  }

  /// `http` or `https`.
  let scheme: String

  func call(_ request: Request, context: CallContext) throws -> Resolved {
    let authority = request.head.authority ?? "127.0.0.1"
    guard Self.isPlain(authority) else { throw Refusal(.badRequest, "The Host header is broken") }
    let own = ServiceAddresses(scheme: scheme, authority: authority)
    func call(
      _ service: FalService, _ path: String, _ query: QueryItems, _ addresses: ServiceAddresses
    ) -> Call {
      Call(
        service: service, method: request.method, path: path, query: query,
        headers: request.headers, body: request.body, addresses: addresses, context: context)
    }
    if let target = request.headers[.falTargetURL] {
      guard let url = TargetURL(target) else {
        throw Refusal(.forbidden, "x-fal-target-url must be an https address of one of fal's hosts")
      }
      return .service(call(url.service, url.path, url.items, own))
    }
    let query = QueryItems(parsing: request.uri.query ?? "")
    let path = request.uri.path
    if let service = FalService(host: authority) {
      return .service(call(service, path, query, .falHosts))
    }
    for service in FalService.allCases where path.hasPrefix("/\(service.rawValue)/") {
      let rest = String(path.dropFirst(service.rawValue.utf8.count + 1))
      return .service(call(service, rest, query, own))
    }
    let resolved = call(.queue, path, query, own)
    return ServerPages.has(path) ? .page(resolved) : .service(resolved)
  }

  /// A host name or address with a port: it is written into answers, so nothing else may be in it.
  private static func isPlain(_ authority: String) -> Bool {
    !authority.isEmpty && authority.utf8.count <= 255
      && authority.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
          UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
