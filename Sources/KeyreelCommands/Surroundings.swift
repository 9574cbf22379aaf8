internal import FoundationEssentials
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import SystemPackage

/// What the process finds around it; read once, here and nowhere else.
struct Surroundings {
  /// The working folder, absolute.
  var workingFolder: FilePath
  /// Environment variables.
  var environment: [String: String]
  /// Whether standard output is a terminal.
  var isOutputTerminal: Bool
  /// Whether standard error is a terminal.
  var isErrorTerminal: Bool
  /// Whether somebody may answer on standard input.
  var isInputTerminal: Bool

  /// The surroundings of this process.
  static var current: Surroundings {
    Surroundings(
      workingFolder: FilePath(FileManager.default.currentDirectoryPath),
      environment: ProcessInfo.processInfo.environment,
      isOutputTerminal: isatty(STDOUT_FILENO) == 1,
      isErrorTerminal: isatty(STDERR_FILENO) == 1,
      isInputTerminal: isatty(STDIN_FILENO) == 1)
  }

  /// The file that this process runs, where the system tells.
  var program: FilePath? {
    #if canImport(Darwin)
      environment["_"].map { FilePath($0) }
    #else
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        .map { FilePath($0) }
    #endif
  }

  /// Whether colours are wanted at all; <https://no-color.org>.
  var allowsColor: Bool {
    (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// Whether lines on standard error can be drawn over; a dumb terminal, one that does not say what it is,
  /// and the one that some build servers pretend to have get a log.
  var canRedraw: Bool {
    isErrorTerminal && !isContinuousIntegration
      && !["", "dumb"].contains(environment["TERM"] ?? "")
  }

  /// Whether this is a job of a build server, by the variable that all of them set.
  var isContinuousIntegration: Bool {
    let value = (environment["CI"] ?? "").lowercased()
    return !["", "0", "false", "no"].contains(value)
  }

  /// Whether this is a job of GitHub Actions, whose log takes annotations.
  var isGitHubAction: Bool { environment["GITHUB_ACTIONS"] == "true" }

  /// Folders with the user's own model profiles, the later ones winning.
  func profileFolders(root: FilePath) -> [FilePath] {
    [ownProfileFolder, root.appending("models"), path(in: "KEYREEL_MODELS")].compactMap { $0 }
  }

  /// The user's own folder of profiles, for all projects; `nil` where the user has no home.
  var ownProfileFolder: FilePath? {
    let home =
      path(in: "XDG_CONFIG_HOME") ?? path(in: "HOME").map { $0.appending(".config") }
    return home?.appending("keyreel").appending("models")
  }

  /// The path in a variable; an empty one counts as unset.
  func path(in variable: String) -> FilePath? {
    environment[variable].flatMap { $0.isEmpty ? nil : FilePath($0) }
  }

  /// The store's folder: the flag, the variable, or `.keyreel` at the root.
  func storeFolder(flag: String?, root: FilePath) -> FilePath {
    if let named = flag ?? environment["KEYREEL_STORE"], !named.isEmpty {
      return workingFolder.pushing(FilePath(named)).lexicallyNormalized()
    }
    return root.appending(".keyreel")
  }
}
