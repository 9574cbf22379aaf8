internal import AnimaticBackend
internal import KeyreelCore

/// Which backend makes the clips, by the flag, the file or the default.
struct BackendChoice {
  /// Who it is; enough for planning.
  var identity: BackendIdentity

  /// The default, free and local.
  static let animatic = BackendChoice(identity: AnimaticBackend().identity)

  /// Chooses by `flag`, else by the documents, else the animatic.
  ///
  /// Throws a ``CommandFailure`` for a flag that names no backend; the loader knows the documents' names.
  static func choose(
    flag: String?, for documents: [PipelineDocument]
  ) throws -> BackendChoice {
    guard let name = flag ?? documents.first?.backend?.value else { return .animatic }
    if let named = documents.first?.backends.first(where: { $0.name.value == name }) {
      return resolve(named)
    }
    switch name {
    case "animatic": return .animatic
    case "fal": return .fal(at: nil)
    default:
      throw CommandFailure.unknown(
        "backend", name,
        among: ["animatic", "fal"] + (documents.first?.backends.map(\.name.value) ?? []))
    }
  }

  private static func resolve(_ named: PipelineDocument.NamedBackend) -> BackendChoice {
    guard named.kind.value == "animatic" else { return .fal(at: named.origin?.value) }
    let backend = AnimaticBackend(named.quirks?.value == true ? .quirky : .exact)
    return BackendChoice(identity: backend.identity)
  }

  private static func fal(at origin: String?) -> BackendChoice {
    BackendChoice(
      identity: BackendIdentity(
        kind: "fal", origin: origin.map(normalized) ?? "queue.fal.run"))
  }

  /// One spelling for one origin, so that equal makers have equal clips: `https://A.b.:443/` is `a.b`.
  private static func normalized(_ origin: String) -> String {
    var rest = origin[...]
    var isSecure = true
    if let scheme = rest.firstRange(of: "://") {
      isSecure = rest[..<scheme.lowerBound].lowercased() != "http"
      rest = rest[scheme.upperBound...]
    }
    while rest.hasSuffix("/") { rest.removeLast() }
    let authority = rest.prefix { $0 != "/" }
    let path = rest[authority.endIndex...]
    var host = authority.lowercased()
    var port = ""
    if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
      port = String(host[colon...])
      host = String(host[..<colon])
    }
    if isSecure, port == ":443" { port = "" }
    if host.hasSuffix(".") { host.removeLast() }
    return host + port + path
  }

  /// The maker itself; throws for backends that this version can plan for but not run.
  func backend() throws -> any GenerationBackend {
    guard identity.kind == "animatic" else {
      throw CommandFailure(
        OperationError(
          .unsupported, "running on \(identity) arrives with the fal backend",
          remedy: "plan with it as you like; run with --backend animatic for now"),
        .usage)
    }
    return AnimaticBackend(identity.origin.hasSuffix("+quirks") ? .quirky : .exact)
  }
}
