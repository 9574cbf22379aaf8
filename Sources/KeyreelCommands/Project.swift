#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// Where a pipeline lives: its root folder, and its file's path from there.
struct Project {
  /// The nearest parent folder that holds `.keyreel/` or `.git`, else the file's own folder; absolute,
  /// without symbolic links.
  var root: FilePath
  /// The pipeline file relative to the root, `pipelines/lake-day.yaml`.
  var pipeline: String
  /// The file as the user named it.
  var displayPath: String
  /// The folder in which the user is.
  var workingFolder: FilePath
  /// The folder from which the paths of films are meant; the root unless the user named another.
  var filmFolder: FilePath

  /// Finds the project of the pipeline `file`, which need not exist.
  ///
  /// `root` is the root where it is known, as on machines that were given only some of the files.
  init(pipeline file: String, workingFolder: FilePath, root known: FilePath? = nil) {
    let path = workingFolder.pushing(FilePath(file)).lexicallyNormalized()
    let named = path.removingLastComponent()
    let folder = named.resolved ?? named
    root = known.map { $0.resolved ?? $0 } ?? Self.root(above: folder) ?? folder
    filmFolder = root
    var relative = folder
    _ = relative.removePrefix(root)
    let name = path.lastComponent.map { FilePath($0.string) } ?? FilePath("")
    pipeline = relative.pushing(name).string
    displayPath = file
    self.workingFolder = workingFolder
  }

  /// Finds the project that `folder` lies in, for commands without a pipeline.
  static func root(of folder: FilePath) -> FilePath {
    let folder = folder.resolved ?? folder
    return root(above: folder) ?? folder
  }

  private static func root(above folder: FilePath) -> FilePath? {
    var candidate = folder
    while true {
      for marker in [".keyreel", ".git"] where exists(candidate.appending(marker)) {
        return candidate
      }
      guard candidate.removeLastComponent() else { return nil }
    }
  }

  private static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }
}
