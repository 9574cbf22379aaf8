internal import KeyreelCore
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// System calls on whole files of the data folder, with errors that a person understands.
enum Disk {
  /// The error of the last C call on this thread.
  static var lastError: Errno { Errno(rawValue: errno) }

  /// Runs a throwing system call and tells its error as one of `action` on `path`.
  static func calling<Value>(
    _ action: String, _ path: FilePath, _ body: () throws -> Value
  ) throws -> Value {
    do { return try body() } catch let errno as Errno {
      throw OperationError.file(errno, action, path)
    }
  }

  /// Makes a private folder and those above it; one that is there is made private.
  static func makeFolder(_ path: FilePath) throws {
    if path.withPlatformString({ mkdir($0, 0o700) }) == 0 { return }
    let errno = lastError
    let parent = path.removingLastComponent()
    switch errno {
    case .fileExists:
      var info = stat()
      guard path.withPlatformString({ stat($0, &info) }) == 0, info.st_mode & S_IFMT == S_IFDIR
      else { throw OperationError.file(.notDirectory, "make the folder", path) }
      guard info.st_mode & 0o077 != 0 else { return }
      guard path.withPlatformString({ chmod($0, 0o700) }) == 0 else {
        throw OperationError.file(lastError, "make private", path)
      }
    case .noSuchFileOrDirectory where !parent.isEmpty && parent != path:
      try makeFolder(parent)
      guard path.withPlatformString({ mkdir($0, 0o700) }) == 0 || lastError == .fileExists
      else { throw OperationError.file(lastError, "make the folder", path) }
    default: throw OperationError.file(errno, "make the folder", path)
    }
  }

  /// Names in the folder `path`, without `.` and `..`; none when it is not there.
  static func names(in path: FilePath) throws -> [String] {
    guard let stream = path.withPlatformString({ opendir($0) }) else {
      if lastError == .noSuchFileOrDirectory { return [] }
      throw OperationError.file(lastError, "list", path)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Bytes of the regular file at `path`; `nil` when there is none.
  static func size(of path: FilePath) -> Int? {
    var info = stat()
    guard path.withPlatformString({ lstat($0, &info) }) == 0, info.st_mode & S_IFMT == S_IFREG
    else { return nil }
    return Int(info.st_size)
  }

  /// Forces a file's bytes to the disk.
  static func sync(_ file: FileDescriptor, _ path: FilePath) throws {
    while fsync(file.rawValue) != 0 {
      // EINVAL: a file system that cannot be forced, such as some network mounts.
      if lastError == .invalidArgument { return }
      guard lastError == .interrupted else { throw OperationError.file(lastError, "write", path) }
    }
  }

  /// Forces the names in a folder to the disk.
  static func syncFolder(_ path: FilePath) throws {
    let file = try calling("write", path) {
      try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
    }
    defer { try? file.close() }
    try sync(file, path)
  }

  /// Moves the file `old` to `new`, makes the folder of `new`, and forces both names to the disk.
  ///
  /// False when something has that name; then nothing is moved.
  static func giveName(_ new: FilePath, to old: FilePath) throws -> Bool {
    let folder = new.removingLastComponent()
    if folder.withPlatformString({ mkdir($0, 0o700) }) == 0 {
      try syncFolder(folder.removingLastComponent())
    }
    let result = old.withPlatformString { old in
      new.withPlatformString { new in link(old, new) }
    }
    if result != 0 {
      let errno = lastError
      guard errno != .fileExists else { return false }
      throw OperationError.file(errno, "write", new)
    }
    remove(old)
    try syncFolder(folder)
    return true
  }

  /// Removes a file; one that is not there is fine.
  static func remove(_ path: FilePath) { _ = path.withPlatformString { unlink($0) } }

  /// Removes a folder unless something is in it.
  static func removeEmptyFolder(_ path: FilePath) { _ = path.withPlatformString { rmdir($0) } }

  /// Removes a folder with all that is in it, never following links.
  static func removeTree(_ path: FilePath) throws {
    for name in try names(in: path) {
      let child = path.appending(name)
      var info = stat()
      _ = child.withPlatformString { lstat($0, &info) }
      if info.st_mode & S_IFMT == S_IFDIR { try removeTree(child) } else { remove(child) }
    }
    _ = path.withPlatformString { rmdir($0) }
  }
}

extension Disk {
  /// Lets nobody but the owner read an open file.
  static func makePrivate(_ file: FileDescriptor, _ path: FilePath) throws {
    guard fchmod(file.rawValue, 0o600) == 0 else {
      throw OperationError.file(lastError, "make private", path)
    }
  }
}
