public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder of a test's own, removed with all that is in it when the last reference goes.
public final class ScratchFolder: Sendable {
  /// Where it is.
  public let path: FilePath

  /// A parent for many small files that need no disk: in memory where the system has such a place.
  public static let memory: FilePath =
    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"

  /// Makes a new folder in `parent`, by default where the system keeps temporary files.
  public init(in parent: FilePath = "/tmp") throws {
    let name = "keyreel-test-\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    path = parent.appending(name)
    guard path.withPlatformString({ mkdir($0, 0o755) }) == 0 else { throw Errno(rawValue: errno) }
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: FilePath) {
    if let stream = path.withPlatformString({ opendir($0) }) {
      var names: [String] = []
      while let entry = readdir(stream) {
        names.append(
          withUnsafeBytes(of: entry.pointee.d_name) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
          })
      }
      closedir(stream)
      for name in names where name != "." && name != ".." {
        let child = path.appending(name)
        var info = stat()
        _ = child.withPlatformString { lstat($0, &info) }
        if info.st_mode & S_IFMT == S_IFDIR {
          remove(child)
        } else {
          _ = child.withPlatformString { unlink($0) }
        }
      }
    }
    _ = path.withPlatformString { rmdir($0) }
  }
}

/// Whole files, for tests.
public enum TestFile {
  /// Writes `bytes` to `path`, in place of what is there.
  public static func write(_ bytes: some Sequence<UInt8>, to path: FilePath) throws {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
    try file.closeAfter { _ = try file.writeAll(bytes) }
  }

  /// Writes `text` to `path`, in place of what is there.
  public static func write(_ text: String, to path: FilePath) throws {
    try write(Array(text.utf8), to: path)
  }

  /// The bytes at `path`.
  public static func read(_ path: FilePath) throws -> [UInt8] {
    let file = try FileDescriptor.open(path, .readOnly)
    return try file.closeAfter {
      var bytes: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 1 << 16)
      while case let count = try piece.withUnsafeMutableBytes({ try file.read(into: $0) }),
        count > 0
      {
        bytes += piece[..<count]
      }
      return bytes
    }
  }

  /// Whether anything is at `path`.
  public static func exists(_ path: FilePath) -> Bool {
    path.withPlatformString { access($0, F_OK) } == 0
  }

  /// Sets the rights of the file at `path`.
  public static func setMode(_ mode: UInt32, of path: FilePath) throws {
    guard path.withPlatformString({ chmod($0, mode_t(mode)) }) == 0 else {
      throw Errno(rawValue: errno)
    }
  }

  /// The rights of the file at `path`.
  public static func mode(of path: FilePath) throws -> UInt32 {
    var info = stat()
    guard path.withPlatformString({ lstat($0, &info) }) == 0 else { throw Errno(rawValue: errno) }
    return UInt32(info.st_mode) & 0o7777
  }

  /// Names in the folder `path`, sorted; none when it is not there.
  public static func names(in path: FilePath) -> [String] {
    guard let stream = path.withPlatformString({ opendir($0) }) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }
}

extension TestFile {
  /// Makes `path` and the folders above it; what is there already is fine.
  public static func makeFolders(_ path: FilePath) throws {
    guard !path.isEmpty, !exists(path) else { return }
    try makeFolders(path.removingLastComponent())
    guard path.withPlatformString({ mkdir($0, 0o755) }) == 0 || errno == EEXIST else {
      throw Errno(rawValue: errno)
    }
  }

  /// Moves `old` to `new`, in place of what is there.
  public static func move(_ old: FilePath, to new: FilePath) throws {
    let result = old.withPlatformString { old in
      new.withPlatformString { new in rename(old, new) }
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  /// Removes the file at `path`.
  public static func remove(_ path: FilePath) throws {
    guard path.withPlatformString({ unlink($0) }) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Makes `path` a symbolic link that leads to `target`.
  public static func link(_ path: FilePath, to target: FilePath) throws {
    let result = target.withPlatformString { target in
      path.withPlatformString { path in symlink(target, path) }
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }
}
