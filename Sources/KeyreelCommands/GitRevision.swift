internal import KeyreelCore
internal import PipelineLanguage
internal import SystemPackage

/// A file of a git revision: `main:pipelines/lake-day.yaml`, or `HEAD~1:./film.yaml` from where one is.
struct GitRevision {
  /// What the user wrote.
  let name: String
  let revision: String
  let path: String

  /// Whether `name` means a revision: a file of that name comes first.
  init?(_ name: String, in folder: FilePath) {
    guard !AuthoredFile.exists(folder.pushing(FilePath(name))),
      let colon = name.firstIndex(of: ":"), colon != name.startIndex
    else { return nil }
    self.name = name
    revision = String(name[..<colon])
    path = String(name[name.index(after: colon)...])
  }

  /// The file's bytes, as the revision holds them.
  func bytes(_ git: GitProgram) throws -> [UInt8] {
    try refuseOptions()
    return try git.output(["cat-file", "blob", "\(revision):\(path)"])
  }

  /// Lays the pipeline and every file that `names` finds in it into a folder below `git.scratch`, through the
  /// same filters as a checkout; returns the pipeline's file there, and the project's own root.
  ///
  /// The folder has the project root where the working tree has it.
  func checkOut(
    _ git: GitProgram, names: (FilePath, String) throws -> [String]
  ) throws -> (
    pipeline: FilePath, root: FilePath
  ) {
    try refuseOptions()
    let top = FilePath(try git.line(["rev-parse", "--show-toplevel"]))
    let tree = try self.tree(git)
    let prefix = try git.line(["rev-parse", "--show-prefix"])
    let isRelative = path.hasPrefix("./") || path.hasPrefix("../")
    let file = FilePath(isRelative ? prefix + path : path).lexicallyNormalized()
    guard file.isRelative, file.components.first?.kind == .regular else { throw missing(file) }
    let work = git.scratch.appending("tree")
    try AuthoredFile.makeFolder(work)
    let checkout = Checkout(
      git: git, work: work,
      variables: [
        "GIT_DIR": try git.line(["rev-parse", "--absolute-git-dir"]),
        "GIT_INDEX_FILE": git.scratch.appending("index").string, "GIT_WORK_TREE": work.string,
      ])
    let files = try checkout.read(tree)
    guard files.contains(file.string) else { throw missing(file) }
    // What git does to a file on its way is decided by these.
    try checkout.write(files.filter { $0 == ".gitattributes" || $0.hasSuffix("/.gitattributes") })
    let lock = LockFile.name(of: file.string)
    try checkout.write([file.string] + (files.contains(lock) ? [lock] : []))

    let project = Project(pipeline: top.pushing(file).string, workingFolder: top)
    var root = project.root
    _ = root.removePrefix(top.resolved ?? top)
    try AuthoredFile.makeFolder(work.pushing(root).appending(".keyreel"))
    let base = root.isEmpty ? "" : root.string + "/"
    let needed = try names(work.pushing(file), project.pipeline).map {
      FilePath(base + $0).lexicallyNormalized().string
    }
    let models = files.filter { $0.hasPrefix(base + "models/") }
    // A name that leads through a link needs whatever that leads to.
    let isWhole = needed.contains { !files.contains($0) }
    try checkout.write(isWhole ? files.sorted() : needed + models)
    return (work.pushing(file), project.root)
  }

  private func tree(_ git: GitProgram) throws -> String {
    do {
      return try git.line(["rev-parse", "--verify", "--end-of-options", "\(revision)^{tree}"])
    } catch let failure as CommandFailure where failure.error.code == .notFound {
      throw CommandFailure(
        OperationError(
          .notFound, "there is no revision `\(revision)`, and no file `\(name)`",
          remedy: "check its name; a shallow clone lacks other revisions (git fetch --unshallow)",
          underlying: failure), .usage)
    }
  }

  private func missing(_ file: FilePath) -> CommandFailure {
    CommandFailure(
      OperationError(
        .notFound, "there is no file \(file) in the revision `\(revision)`",
        remedy: "paths of revisions start at the top of the repository, or with ./ where you are"),
      .usage)
  }

  /// What begins with a dash is no revision, whatever git would make of it.
  private func refuseOptions() throws {
    guard revision.hasPrefix("-") else { return }
    throw CommandFailure(
      OperationError(.unsupported, "`\(revision)` is no revision", remedy: "name one like `main`"),
      .usage)
  }

  /// An index of its own, from which files are written into a folder of its own.
  private struct Checkout {
    let git: GitProgram
    let work: FilePath
    let variables: [String: String]

    /// Takes in the whole tree; returns the paths of its files.
    func read(_ tree: String) throws -> Set<String> {
      _ = try git.output(["read-tree", tree], variables: variables)
      let names = try git.output(["-C", work.string, "ls-files", "-z"], variables: variables)
      return Set(names.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
    }

    func write(_ files: [String]) throws {
      guard !files.isEmpty else { return }
      _ = try git.output(
        ["-C", work.string, "checkout-index", "--force", "-z", "--stdin"],
        input: files.flatMap { Array($0.utf8) + [0] }, variables: variables)
    }
  }
}
