internal import AnimaticBackend
internal import FalBackend
internal import KeyreelCore

/// Which backend makes the clips, by the flag, the file or the default.
struct BackendChoice {
  /// Who it is; enough for planning.
  var identity: BackendIdentity
  /// Where its services are; `nil` for local makers.
  var addresses: FalAddresses?
  /// The row of the pipeline's `backends:` that it is, with its wishes.
  var named: PipelineDocument.NamedBackend?

  /// The default, free and local.
  static let animatic = BackendChoice(identity: AnimaticBackend().identity)

  /// Chooses by `flag`, else by the documents, else the animatic; `environment` says where fal is.
  ///
  /// Throws a ``CommandFailure`` for a flag that names no backend; the loader knows the documents' names.
  /// Without a flag, `maker` (`fal@queue.fal.run`) chooses among those that are known here; it adds none.
  static func choose(
    flag: String?, maker: String? = nil, for documents: [PipelineDocument],
    environment: [String: String]
  ) throws -> BackendChoice {
    if let maker, flag == nil {
      let named = try documents.first?.backends.map { try resolve($0, environment) } ?? []
      let known = [animatic, fal(try addresses(in: environment))] + named
      if let choice = known.first(where: { $0.identity.description == maker }) { return choice }
    }
    guard let name = flag ?? documents.first?.backend?.value else { return .animatic }
    if let named = documents.first?.backends.first(where: { $0.name.value == name }) {
      return try resolve(named, environment)
    }
    switch name {
    case "animatic": return .animatic
    case "fal": return fal(try addresses(in: environment))
    default:
      throw CommandFailure.unknown(
        "backend", name,
        among: ["animatic", "fal"] + (documents.first?.backends.map(\.name.value) ?? []))
    }
  }

  private static func resolve(
    _ named: PipelineDocument.NamedBackend, _ environment: [String: String]
  ) throws -> BackendChoice {
    guard named.kind.value == "fal" else {
      let backend = AnimaticBackend(named.quirks?.value == true ? .quirky : .exact)
      return BackendChoice(identity: backend.identity)
    }
    let configured = try addresses(in: environment)
    guard let origin = named.origin?.value else { return fal(configured, named) }
    let own = try CommandFailure.meaning(.usage) {
      try FalAddresses(
        origin: ServiceAddress(origin, named: "the origin of the backend `\(named.name.value)`"))
    }
    // The environment knows more of the same server: where its other services are.
    return fal(own.queue == configured.queue ? configured : own, named)
  }

  /// Where fal is by the environment.
  static func addresses(in environment: [String: String]) throws -> FalAddresses {
    try CommandFailure.meaning(.usage) { try FalAddresses(variables: environment) }
  }

  private static func fal(
    _ addresses: FalAddresses, _ named: PipelineDocument.NamedBackend? = nil
  ) -> BackendChoice {
    BackendChoice(
      identity: BackendIdentity(kind: "fal", origin: addresses.queue.origin), addresses: addresses,
      named: named)
  }

  /// A maker on this machine; `nil` where clips are made by others.
  var local: (any GenerationBackend)? {
    guard identity.kind == "animatic" else { return nil }
    return AnimaticBackend(identity.origin.hasSuffix("+quirks") ? .quirky : .exact)
  }
}
