internal import HTTP
internal import KeyreelCore

/// The base address of a service, in the one spelling by which origins are compared.
///
/// `https://A.b.:443/` is `https://a.b`: equal makers have equal clips, and a key meant for one origin
/// is never taken for another's.
public struct ServiceAddress: Hashable, Sendable {
  /// `https`, or `http` on this machine.
  public let scheme: String
  /// Host and, unless it is the scheme's own, port.
  public let authority: String
  /// A prefix of all paths, without a slash at the end.
  public let path: String

  /// Reads what was written under `name`; throws an ``OperationError`` for what is no address.
  ///
  /// `host`, `host:port`, `host/prefix`, or any of them behind `https://`; `http://` is for this
  /// machine alone.
  public init(_ text: String, named name: String) throws {
    func refusal(_ problem: String, _ remedy: String) -> OperationError {
      OperationError(.refusedAddress, "\(name) \(problem)", remedy: remedy)
    }
    var rest = text[...]
    var scheme = "https"
    if let mark = rest.firstRange(of: "://") {
      scheme = rest[..<mark.lowerBound].lowercased()
      rest = rest[mark.upperBound...]
    }
    while rest.hasSuffix("/") { rest.removeLast() }
    let written = rest.prefix { $0 != "/" }
    let path = rest[written.endIndex...]
    guard scheme == "https" || scheme == "http", Self.isPlain(written, also: ":[]"),
      Self.isPlain(path, also: "/~") || path.isEmpty,
      !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
    else {
      throw refusal("is no host", "write `host`, `host:port` or `host/prefix`")
    }
    var host = written.lowercased()
    var port = ""
    if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
      port = String(host[colon...])
      host = String(host[..<colon])
      guard (1...65_535).contains(Int(port.dropFirst()) ?? 0) else {
        throw refusal("has no port from 1 to 65535", "write `host:port`")
      }
    }
    if port == (scheme == "https" ? ":443" : ":80") { port = "" }
    if host.hasSuffix(".") { host.removeLast() }
    guard !host.isEmpty else { throw refusal("names no host", "write `host` or `host:port`") }
    self.init(scheme: scheme, authority: host + port, path: String(path))
    guard scheme == "https" || isLoopback else {
      throw refusal(
        "would send the key over plain http", "use https; http is for this machine alone")
    }
  }

  private init(scheme: String, authority: String, path: String) {
    self.scheme = scheme
    self.authority = authority
    self.path = path
  }

  private static func isPlain(_ text: some StringProtocol, also: String) -> Bool {
    !text.isEmpty
      && text.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0) || also.contains($0))
      }
  }

  /// The whole address, without a slash at the end.
  public var text: String { "\(scheme)://\(origin)" }
  /// Host, port and prefix: what tells paid clips from rehearsed ones.
  public var origin: String { authority + path }
  /// Whether it is on this machine.
  public var isLoopback: Bool { BackendIdentity(kind: "fal", origin: authority).isRehearsal }

  /// The address with `name` in the place of its last path part `own`; `nil` when that is another.
  public func sibling(_ name: String, of own: String) -> ServiceAddress? {
    guard path == "/\(own)" || path.hasSuffix("/\(own)") else { return nil }
    return ServiceAddress(
      scheme: scheme, authority: authority, path: path.dropLast(own.count) + name)
  }

  /// The address of `name` below this one.
  public func child(_ name: String) -> ServiceAddress {
    ServiceAddress(scheme: scheme, authority: authority, path: "\(path)/\(name)")
  }
}
