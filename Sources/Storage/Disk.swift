import KeyreelCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// System calls on whole files, with errors that a person understands.
///
/// Nothing here follows a symbolic link in the last place of a path, so that a link planted in a
/// store leads nowhere.
enum Disk {
  /// What `lstat` tells of a file.
  struct Status: Hashable, Sendable, Codable {
    var device: UInt64
    var inode: UInt64
    var size: Int
    var modified: Int64
    var changed: Int64
    var isFolder: Bool
    var isRegular: Bool
  }

  /// The status of what is at `path` itself; `nil` when nothing is.
  static func status(_ path: FilePath) -> Status? {
    var info = stat()
    guard path.withPlatformString({ lstat($0, &info) }) == 0 else { return nil }
    return status(info)
  }

  /// The status of an open file.
  static func status(_ file: FileDescriptor) -> Status? {
    var info = stat()
    guard fstat(file.rawValue, &info) == 0 else { return nil }
    return status(info)
  }

  private static func status(_ info: stat) -> Status {
    #if canImport(Darwin)
      let (modified, changed) = (info.st_mtimespec, info.st_ctimespec)
    #else
      let (modified, changed) = (info.st_mtim, info.st_ctim)
    #endif
    return Status(
      device: UInt64(info.st_dev), inode: UInt64(info.st_ino), size: Int(info.st_size),
      modified: nanoseconds(modified), changed: nanoseconds(changed),
      isFolder: info.st_mode & S_IFMT == S_IFDIR, isRegular: info.st_mode & S_IFMT == S_IFREG)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Whether anything is at `path`; one system call.
  static func exists(_ path: FilePath) -> Bool {
    path.withPlatformString { access($0, F_OK) } == 0
  }

  /// Makes `path` and the folders above it; what is there already is fine.
  static func makeFolders(_ path: FilePath) throws(OperationError) {
    guard !path.isEmpty, path.withPlatformString({ mkdir($0, 0o777) }) != 0 else { return }
    let errno = lastError
    switch errno {
    case .fileExists:
      var info = stat()
      guard path.withPlatformString({ stat($0, &info) }) == 0, info.st_mode & S_IFMT == S_IFDIR
      else { throw .file(.notDirectory, "make the folder", path) }
    case .noSuchFileOrDirectory where !path.parent.isEmpty:
      try makeFolders(path.parent)
      guard path.withPlatformString({ mkdir($0, 0o777) }) == 0 || lastError == .fileExists
      else { throw .file(lastError, "make the folder", path) }
    case .readOnlyFileSystem where status(path)?.isFolder == true: break
    default: throw .file(errno, "make the folder", path)
    }
  }

  /// Names in the folder `path`, sorted, without `.` and `..`; none when the folder is not there.
  static func names(in path: FilePath) throws(OperationError) -> [String] {
    guard let stream = path.withPlatformString({ opendir($0) }) else {
      if lastError == .noSuchFileOrDirectory { return [] }
      throw .file(lastError, "list", path)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The bytes of the regular file at `path`; `nil` when nothing is there.
  static func read(_ path: FilePath) throws(OperationError) -> [UInt8]? {
    guard let file = try open(path, .readOnly, "read") else { return nil }
    defer { try? file.close() }
    guard let status = status(file), status.isRegular else {
      throw .file(.isDirectory, "read", path)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(status.size)
    try forEachChunk(of: file, at: path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Hands the bytes of an open file to `body`, in pieces of at most 1 MiB.
  static func forEachChunk(
    of file: FileDescriptor, at path: FilePath, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(OperationError) {
    // One more byte than there are: the read that finds the end is still one of few.
    let size = min(1 << 20, max(4096, (status(file)?.size ?? 0) + 1))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try calling("read", path) { try file.read(into: buffer) }
      if count == 0 { return }
      body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// Opens `path`, never through a link and never handed on to children; `nil` when it is not there.
  static func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode, _ action: String,
    _ options: FileDescriptor.OpenOptions = []
  ) throws(OperationError) -> FileDescriptor? {
    do {
      return try FileDescriptor.open(
        path, mode, options: options.union([.noFollow, .closeOnExec]),
        permissions: options.contains(.create) ? [.ownerReadWrite, .groupRead, .otherRead] : nil)
    } catch let errno as Errno where errno == .noSuchFileOrDirectory && !options.contains(.create) {
      return nil
    } catch {
      throw .file(error as? Errno ?? .ioError, action, path)
    }
  }

  /// Runs a throwing system call and tells its error as one of `action` on `path`.
  static func calling<Value>(
    _ action: String, _ path: FilePath, _ body: () throws -> Value
  ) throws(OperationError) -> Value {
    do { return try body() } catch {
      throw .file(error as? Errno ?? .ioError, action, path)
    }
  }

  /// The error of the last C call on this thread.
  static var lastError: Errno { Errno(rawValue: errno) }
}
