#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
public import KeyreelCore
public import SystemPackage

/// `read` and `write` under names that members of the same name do not hide.
private let unistdRead = read
private let unistdWrite = write

/// Reads whole files with a limit, and says clearly why one cannot be read.
public enum FileBytes {
  /// All bytes of the regular file `path`; `name` is what messages call it.
  ///
  /// Throws `notFound`, `permissionDenied`, `wrongKind` (folders, devices), `badSize` (above `limit`) or
  /// `inputOutput`. An empty file is no error.
  public static func read(_ path: FilePath, name: String, limit: Int = 1 << 30) throws -> [UInt8] {
    try withOpenFile(path, name: name) { descriptor, size in
      guard size <= limit else {
        throw OperationError(
          .badSize, "\(name) has \(size) bytes; the limit is \(limit)",
          remedy: "give a smaller file")
      }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(size)
      try forEachChunk(of: descriptor, name: name) { chunk in
        bytes.append(contentsOf: chunk)
        return bytes.count <= limit
      }
      return bytes
    }
  }

  /// The first `count` bytes of the regular file `path`, or all when it is shorter.
  public static func head(_ path: FilePath, name: String, count: Int = 512) throws -> [UInt8] {
    try withOpenFile(path, name: name) { descriptor, _ in
      var bytes: [UInt8] = []
      try forEachChunk(of: descriptor, name: name, chunkSize: count) { chunk in
        bytes.append(contentsOf: chunk)
        return bytes.count < count
      }
      return Array(bytes.prefix(count))
    }
  }

  /// The SHA-256 of the regular file `path`, read in pieces of constant size.
  public static func digest(_ path: FilePath, name: String, token: CancellationToken? = nil) throws
    -> Digest
  {
    try withOpenFile(path, name: name) { descriptor, _ in
      var hasher = DigestHasher()
      try forEachChunk(of: descriptor, name: name) { chunk in
        hasher.update(chunk)
        try token?.check()
        return true
      }
      return hasher.finalize()
    }
  }

  /// Writes `bytes` to `path`, replacing what is there.
  public static func write(_ bytes: [UInt8], to path: FilePath) throws {
    let descriptor = path.withPlatformString {
      open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    }
    guard descriptor >= 0 else { throw failure(errno, path.string) }
    defer { close(descriptor) }
    try bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = unistdWrite(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw failure(errno, path.string) }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Throws when there is something at `path` that is no regular file; opening it might wait for ever.
  static func requireRegular(_ path: FilePath, name: String) throws {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return }
    try requireRegular(status, name: name)
  }

  private static func requireRegular(_ status: stat, name: String) throws {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR:
      throw OperationError(.wrongKind, "\(name) is a folder", remedy: "name a file in it")
    default:
      throw OperationError(.wrongKind, "\(name) is not a regular file", remedy: "name a file")
    }
  }

  private static func withOpenFile<Value>(
    _ path: FilePath, name: String, _ body: (Int32, Int) throws -> Value
  ) throws -> Value {
    // Non-blocking, so that a named pipe does not hang the program.
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw failure(errno, name) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno, name) }
    try requireRegular(status, name: name)
    return try body(descriptor, Int(status.st_size))
  }

  private static func forEachChunk(
    of descriptor: Int32, name: String, chunkSize: Int = 1 << 18,
    _ body: (UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = unistdRead(descriptor, buffer.baseAddress, chunkSize)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(errno, name)
      }
      if count == 0 { return }
      guard try body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return }
    }
  }

  /// The error for `errno`, met while reading `name`.
  private static func failure(_ code: Int32, _ name: String) -> OperationError {
    switch code {
    case ENOENT, ENOTDIR:
      OperationError(.notFound, "\(name) does not exist", remedy: "check the path")
    case EACCES, EPERM:
      OperationError(
        .permissionDenied, "\(name): permission denied", remedy: "give yourself the right to use it"
      )
    case ENOSPC, EDQUOT:
      OperationError(
        .diskFull, "\(name) cannot be written: the disk is full",
        remedy: "free some space and run again")
    default:
      OperationError(
        .inputOutput, "\(name) cannot be used: \(String(cString: strerror(code)))",
        isRetryable: code == EIO || code == EMFILE)
    }
  }
}
