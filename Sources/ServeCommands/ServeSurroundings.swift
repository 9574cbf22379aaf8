internal import FoundationEssentials
internal import SystemPackage

/// What the process finds around it; read once, here and nowhere else.
struct ServeSurroundings {
  /// The working folder, absolute.
  var workingFolder: FilePath
  /// Environment variables.
  var environment: [String: String]

  /// The surroundings of this process.
  static var current: ServeSurroundings {
    ServeSurroundings(
      workingFolder: FilePath(FileManager.default.currentDirectoryPath),
      environment: ProcessInfo.processInfo.environment)
  }

  /// The folder of queue, files and keys: the flag, `XDG_DATA_HOME`, or a folder in the user's home.
  func dataFolder(flag: String?) -> FilePath {
    if let flag, !flag.isEmpty { return path(flag) }
    let base =
      variable("XDG_DATA_HOME").map(path) ?? variable("HOME").map { path("\($0)/.local/share") }
    return (base ?? workingFolder).appending("keyreel").appending("serve")
  }

  /// Folders with the user's own model profiles, the later ones winning.
  var profileFolders: [FilePath] {
    let base =
      variable("XDG_CONFIG_HOME").map(path) ?? variable("HOME").map { path("\($0)/.config") }
    return [
      base?.appending("keyreel").appending("models"), variable("KEYREEL_MODELS").map(path),
    ].compactMap(\.self)
  }

  /// The key that clients are to use.
  var key: String? { variable("FAL_KEY") }

  /// Further certificates to trust where pictures are fetched from (PEM).
  var certificateFile: FilePath? { variable("SSL_CERT_FILE").map(path) }

  /// An absolute path for what the user wrote.
  func path(_ text: String) -> FilePath {
    workingFolder.pushing(FilePath(text)).lexicallyNormalized()
  }

  /// A variable; an empty one counts as unset.
  private func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
