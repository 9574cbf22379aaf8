internal import KeyreelCore
internal import ObjectStorage
internal import Storage
internal import SystemPackage

/// Which store is meant: a folder of this machine, or a place that many machines share.
struct StoreChoice {
  /// The flag's value; the variable's, or the project's own folder when `nil`.
  var name: String?
  /// Stores that are only asked for clips.
  var alsoRead: [String] = []
  /// Whether nothing is written to the store.
  var isReadOnly = false
  /// The root of the project whose store is meant, where that is not the pipeline's.
  var root: FilePath?

  /// Opens the store for the project at `root`.
  func open(root: FilePath, in surroundings: Surroundings) throws -> any ProjectStore {
    let root = self.root ?? root
    let variable = surroundings.environment["KEYREEL_STORE"]
    let name = name ?? variable ?? ""
    guard let space = try Self.space(name, in: surroundings) else {
      guard alsoRead.isEmpty, !isReadOnly else {
        throw OperationError(
          .unsupported, "--read-store and --read-only-store go with a shared store",
          remedy: "name one with --store s3://bucket/prefix or --store shared:folder")
      }
      return try DirectoryStore(at: surroundings.storeFolder(flag: self.name, root: root))
    }
    return try SharedStore(
      in: space, cache: Self.cache(of: space, root: root, in: surroundings),
      access: isReadOnly ? .reading : .full,
      alsoReading: try alsoRead.map { other in
        guard let space = try Self.space(other, in: surroundings) else {
          throw OperationError(
            .unsupported,
            "the store \(other) is a folder of one machine, which --read-store cannot take",
            remedy: "name it as s3://bucket/prefix or shared:folder")
        }
        return space
      }, timing: try Self.timing(in: surroundings))
  }

  /// The part of the store that is on this machine: its folder or its cache; no network is used.
  func openLocal(root: FilePath, in surroundings: Surroundings) throws -> DirectoryStore {
    let root = self.root ?? root
    let name = name ?? surroundings.environment["KEYREEL_STORE"] ?? ""
    guard let space = try Self.space(name, in: surroundings) else {
      return try DirectoryStore(at: surroundings.storeFolder(flag: self.name, root: root))
    }
    return try DirectoryStore(at: Self.cache(of: space, root: root, in: surroundings))
  }

  /// The place that `name` means; `nil` for a folder of this machine.
  private static func space(
    _ name: String, in surroundings: Surroundings
  ) throws -> (any ObjectSpace)? {
    if S3Address.isMeant(by: name) {
      let account = try S3Account(environment: surroundings.environment) { path in
        (try? PipelineFile.read(FilePath(path), named: path))
          .map { String(decoding: $0, as: UTF8.self) }
      }
      let certificates =
        surroundings.path(in: "AWS_CA_BUNDLE") ?? surroundings.path(in: "SSL_CERT_FILE")
      return S3Space(
        try S3Address(name), account: account, settings: .init(certificateFile: certificates))
    }
    guard name.hasPrefix(sharedPrefix) else { return nil }
    guard let folder = sharedFolder(name, in: surroundings) else {
      throw OperationError(.unsupported, "\(name) names no folder", remedy: "write shared:folder")
    }
    return DirectorySpace(folder)
  }

  /// The folder of `shared:folder`; `nil` for all that names none.
  static func sharedFolder(_ name: String, in surroundings: Surroundings) -> FilePath? {
    guard name.hasPrefix(sharedPrefix), name != sharedPrefix else { return nil }
    let folder = FilePath(String(name.dropFirst(sharedPrefix.count)))
    return surroundings.workingFolder.pushing(folder).lexicallyNormalized()
  }

  /// Whether `name` means a place that many machines share.
  static func isShared(_ name: String) -> Bool {
    S3Address.isMeant(by: name) || name.hasPrefix(sharedPrefix)
  }

  /// `name` as it is understood in any other folder of the file system too.
  static func absolute(_ name: String, in surroundings: Surroundings) -> String {
    sharedFolder(name, in: surroundings).map { sharedPrefix + $0.string } ?? name
  }

  private static let sharedPrefix = "shared:"

  /// The folder of this machine that is put before a shared store.
  private static func cache(
    of space: any ObjectSpace, root: FilePath, in surroundings: Surroundings
  ) -> FilePath {
    let caches =
      surroundings.path(in: "KEYREEL_CACHE").map { surroundings.workingFolder.pushing($0) }
      ?? root.appending(".keyreel").appending("cache")
    return caches.appending(String(Digest.of(space.address).hex.prefix(16)))
  }

  /// How long a silent run is waited for before it counts as dead: `KEYREEL_LEASE`, in seconds.
  private static func timing(in surroundings: Surroundings) throws -> LeaseTiming {
    guard let text = surroundings.environment["KEYREEL_LEASE"], !text.isEmpty else {
      return .standard
    }
    guard let seconds = Int(text), (1...3600).contains(seconds) else {
      throw OperationError(
        .unsupported, "KEYREEL_LEASE is \(text)", remedy: "give whole seconds from 1 to 3600")
    }
    return LeaseTiming(beat: .seconds(seconds) / 6, patience: .seconds(seconds))
  }
}
