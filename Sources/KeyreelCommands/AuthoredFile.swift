internal import FoundationEssentials
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// Writes files that the user keeps: plans, starters, pinned pipelines.
enum AuthoredFile {
  /// Replaces `path` by `bytes` in one step that survives a power failure; `name` is what messages
  /// call it.
  ///
  /// A file keeps its rights and a link stays a link. What is no regular file, such as a pipe, is
  /// written where it stands.
  static func write(_ bytes: some Sequence<UInt8>, to path: FilePath, named name: String) throws {
    do {
      var info = stat()
      let isThere = stat(path.string, &info) == 0
      let isRegular = isThere && info.st_mode & S_IFMT == S_IFREG
      // A link that leads nowhere yet, or a name that stands for an open file of this process.
      let isInPlace = (isThere && !isRegular) || (!isThere && isLink(path)) || isDevice(path)
      if isInPlace {
        try writeInPlace(bytes, to: path)
      } else {
        try replace(
          path.resolved ?? path, by: bytes,
          mode: isThere ? FilePermissions(rawValue: info.st_mode & 0o7777) : nil)
      }
    } catch let error as Errno {
      throw failure("write \(name)", error, remedy: "check the folder and its rights")
    }
  }

  /// Makes `folder` and the folders above it where they are missing.
  static func makeFolder(_ folder: FilePath) throws {
    guard access(folder.string, F_OK) != 0 else { return }
    let parent = folder.removingLastComponent()
    if !parent.isEmpty, parent != folder { try makeFolder(parent) }
    guard mkdir(folder.string, 0o777) == 0 || errno == EEXIST else {
      throw failure(
        "make the folder \(folder)", Errno(rawValue: errno),
        remedy: "check the folder above it and its rights")
    }
  }

  /// Removes the file `path`, which messages call `name`; one that is not there is fine.
  static func remove(_ path: FilePath, named name: String) throws {
    guard unlink(path.string) == 0 || errno == ENOENT else {
      throw failure(
        "remove \(name)", Errno(rawValue: errno), remedy: "check the folder and its rights")
    }
  }

  /// Removes the files in `folder`, and `folder`; what cannot be removed stays.
  static func removeFolder(_ folder: FilePath) {
    for name in names(in: folder) {
      unlink(folder.appending(name).string)
    }
    rmdir(folder.string)
  }

  /// Whether files can be made and exchanged in `folder`.
  static func canReplace(in folder: FilePath) -> Bool {
    var info = stat()
    return stat(folder.string, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
      && access(folder.string, W_OK | X_OK) == 0
  }

  /// The names in `folder`; none when it cannot be read.
  static func names(in folder: FilePath) -> [String] {
    (try? FileManager.default.contentsOfDirectory(
      atPath: folder.isEmpty ? "." : folder.string)) ?? []
  }

  /// Whether anything is at `path`.
  static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

  private static func replace(
    _ path: FilePath, by bytes: some Sequence<UInt8>, mode: FilePermissions?
  ) throws {
    let folder = path.removingLastComponent()
    let draft = folder.appending(
      ".\(path.lastComponent?.string ?? "file").\(UInt32.random(in: 0 ... .max))")
    do {
      let descriptor = try FileDescriptor.open(
        draft, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try descriptor.closeAfter {
        if let mode { fchmod(descriptor.rawValue, mode.rawValue) }
        try descriptor.writeAll(bytes)
        try force(descriptor)
      }
      guard rename(draft.string, path.string) == 0 else { throw Errno(rawValue: errno) }
    } catch {
      unlink(draft.string)
      throw error
    }
    let parent = try FileDescriptor.open(
      folder.isEmpty ? "." : folder, .readOnly, options: [.directory, .closeOnExec])
    try parent.closeAfter { try force(parent) }
  }

  private static func writeInPlace(_ bytes: some Sequence<UInt8>, to path: FilePath) throws {
    let descriptor = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    _ = try descriptor.closeAfter { try descriptor.writeAll(bytes) }
  }

  /// Forces what was written to the disk, where the file system can.
  private static func force(_ descriptor: FileDescriptor) throws {
    while fsync(descriptor.rawValue) != 0 {
      let error = Errno(rawValue: errno)
      if error == .invalidArgument { return }
      guard error == .interrupted else { throw error }
    }
  }

  private static func isLink(_ path: FilePath) -> Bool {
    var info = stat()
    return lstat(path.string, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
  }

  private static func isDevice(_ path: FilePath) -> Bool {
    path.starts(with: "/dev") || path.starts(with: "/proc")
  }

  private static func failure(
    _ action: String, _ error: Errno, remedy: String
  ) -> CommandFailure {
    CommandFailure(
      OperationError(
        error == .noSpace || error == .diskQuotaExceeded ? .diskFull : .inputOutput,
        "cannot \(action): \(error.description.lowercased())", remedy: remedy, underlying: error),
      .storeFailed)
  }
}
