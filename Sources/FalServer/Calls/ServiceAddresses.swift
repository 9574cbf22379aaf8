internal import FalProtocol

/// The addresses under which one client reaches the services of this server.
///
/// A client that came for `queue.fal.run` through the proxy is answered with fal's own host names; all
/// others with this server's address and a path prefix for each service.
struct ServiceAddresses: Sendable, Hashable {
  /// `https://127.0.0.1:8470`; `nil` for clients behind the proxy.
  private let base: String?

  /// Addresses of a client that uses fal's host names.
  static let falHosts = ServiceAddresses(base: nil)

  /// Addresses below `scheme://authority`.
  init(scheme: String, authority: String) { base = "\(scheme)://\(authority)" }

  private init(base: String?) { self.base = base }

  /// What is kept of them with a job, for whoever is told of its end.
  var kept: String { base ?? "" }

  /// Addresses as they were kept; fal's own when nothing was.
  init(kept: String?) { base = kept.flatMap { $0.isEmpty ? nil : $0 } }

  /// The address of `service`, without a slash at its end.
  subscript(service: FalService) -> String {
    base.map { "\($0)/\(service.rawValue)" } ?? "https://\(service.host)"
  }
}
