public import KeyreelCore
public import SystemPackage

/// The models that Keyreel knows, each described by a ``ModelProfile``.
///
/// Built-in profiles are part of the program. A user adds an endpoint, or corrects a built-in one, by
/// putting a JSON file of the same format into a folder; no code changes.
public struct ModelCatalog: Hashable, Sendable {
  /// All profiles, sorted by id.
  public let profiles: [ModelProfile]

  /// A catalog of `profiles`; of two with the same id the later one counts.
  public init(_ profiles: [ModelProfile]) {
    var byID: [String: ModelProfile] = [:]
    for profile in profiles { byID[profile.id] = profile }
    self.profiles = byID.values.sorted { $0.id < $1.id }
  }

  /// The profile of the endpoint `id`.
  public func profile(_ id: String) -> ModelProfile? { profiles.first { $0.id == id } }

  /// The profiles that are part of the program.
  public static func builtIn() throws -> ModelCatalog { ModelCatalog(try builtInProfiles()) }

  /// The built-in profiles and those of `folders`; of two with the same id the later folder's counts.
  ///
  /// Every `*.json` file of a folder is read, in the order of names. A folder that does not exist is
  /// not an error. Throws an ``OperationError`` that names the file and the field of a broken profile.
  public static func load(folders: [FilePath]) throws -> ModelCatalog {
    ModelCatalog(try builtInProfiles() + folders.flatMap(profiles(inFolder:)))
  }

  /// The file of `folder` that has the profile of `id`, the last where several have it.
  public static func file(of id: String, in folder: FilePath) throws -> FilePath? {
    try ProfileFolder.files(in: folder).last { file in
      try ProfileReader.profile(ProfileFolder.bytes(of: file), file: file.string).id == id
    }
  }

  private static func builtInProfiles() throws -> [ModelProfile] {
    try BuiltInProfiles.all.map { try ProfileReader.profile(Array($0.text.utf8), file: $0.name) }
  }

  private static func profiles(inFolder folder: FilePath) throws -> [ModelProfile] {
    try ProfileFolder.files(in: folder).map { file in
      try ProfileReader.profile(ProfileFolder.bytes(of: file), file: file.string)
    }
  }
}
