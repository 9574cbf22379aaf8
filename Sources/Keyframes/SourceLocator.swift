#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import Synchronization
internal import SystemPackage

/// Finds the files that references name, and refuses those that leave the project.
final class SourceLocator: Sendable {
  /// What tells whether a file is still the same.
  struct Stamp: Hashable, Sendable {
    var size: Int
    var modified: Int
    var changed: Int
    var inode: UInt64
  }

  private let root: FilePath
  private let rootPrefix: String
  private let realRoot: String
  private let allowsOutside: Bool
  private let folders = Mutex<[String: Bool]>([:])

  init(root: FilePath, allowsOutside: Bool) {
    self.root = root.lexicallyNormalized()
    rootPrefix = self.root.string.hasSuffix("/") ? self.root.string : self.root.string + "/"
    self.allowsOutside = allowsOutside
    realRoot = Self.realPath(root.string) ?? root.string
  }

  /// The place of the root-relative `path` and what tells its content; `nil` when nothing is there.
  ///
  /// Works on text and makes one system call for a common path: there may be thousands.
  func locate(_ path: String) throws(SourceProblem) -> (file: String, stamp: Stamp?) {
    let file = Self.isPlain(path) ? rootPrefix + path : Self.file(path, root: root).string
    let isBelow = file.hasPrefix(rootPrefix) || file == root.string
    var status = stat()
    guard lstat(file, &status) == 0 else {
      try require(isInside: isBelow, path)
      return (file, nil)
    }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    if !allowsOutside {
      let isInside =
        file == root.string || (isLink ? isInsideRoot(file) : isInsideRoot(folderOf: file))
      try require(isInside: isBelow && isInside, path)
    }
    if isLink, stat(file, &status) != 0 { return (file, nil) }
    return (file, Stamp(status))
  }

  /// Whether `path` stays as it is when it is put behind the root: no empty, `.` or `..` parts.
  private static func isPlain(_ path: String) -> Bool {
    var (dots, length) = (0, 0)
    for byte in path.utf8 {
      guard byte == UInt8(ascii: "/") else {
        length += 1
        if byte == UInt8(ascii: ".") { dots += 1 }
        continue
      }
      if dots == length { return false }
      (dots, length) = (0, 0)
    }
    return dots != length
  }

  /// The place of the root-relative `path`, unchecked.
  static func file(_ path: String, root: FilePath) -> FilePath {
    let given = FilePath(path)
    return (given.isAbsolute ? given : root.appending(given.components)).lexicallyNormalized()
  }

  private func require(isInside: Bool, _ path: String) throws(SourceProblem) {
    guard !isInside, !allowsOutside else { return }
    throw SourceProblem(
      code: ProblemCode.outside, message: "`\(path)` leaves the project's folder",
      suggestion: "copy the file into the project, or give `--allow-outside`")
  }

  /// Symbolic links are followed once per folder, not once per file.
  private func isInsideRoot(folderOf file: String) -> Bool {
    let folder = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[..<$0]) } ?? ""
    if let known = folders.withLock({ $0[folder] }) { return known }
    let isInside = isInsideRoot(folder.isEmpty ? "/" : folder)
    folders.withLock { $0[folder] = isInside }
    return isInside
  }

  private func isInsideRoot(_ path: String) -> Bool {
    guard let real = Self.realPath(path) else { return true }
    return real == realRoot || real.hasPrefix(realRoot == "/" ? "/" : realRoot + "/")
  }

  private static func realPath(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }
}

extension SourceLocator.Stamp {
  init(_ status: stat) {
    #if canImport(Glibc)
      let (modified, changed) = (status.st_mtim, status.st_ctim)
    #else
      let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #endif
    self.init(
      size: Int(status.st_size), modified: modified.tv_sec * 1_000_000_000 + modified.tv_nsec,
      changed: changed.tv_sec * 1_000_000_000 + changed.tv_nsec, inode: UInt64(status.st_ino))
  }

  /// The stamp of the file at `path` now; `nil` when it is not there.
  init?(of path: FilePath) {
    var status = stat()
    guard stat(path.string, &status) == 0 else { return nil }
    self.init(status)
  }
}
