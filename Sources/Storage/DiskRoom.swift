import KeyreelCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Disk {
  /// Takes space on the disk for `byteCount` bytes of the new, empty file `path`.
  ///
  /// `false` where the file system cannot promise space in advance; then there is no file. Unlike a
  /// write, the promise holds without forcing anything to the disk.
  static func allocate(_ byteCount: Int, at path: FilePath) throws(OperationError) -> Bool {
    guard let fallocate else { return false }
    guard let file = try open(path, .writeOnly, "write", [.create, .exclusiveCreate]) else {
      throw .file(.noSuchFileOrDirectory, "write", path)
    }
    defer { try? file.close() }
    while fallocate(file.rawValue, keepsSize, 0, byteCount) != 0 {
      let errno = lastError
      if errno == .interrupted { continue }
      remove(path)
      switch errno {
      case .notSupported, .noFunction, .invalidArgument, Errno(rawValue: EOPNOTSUPP): return false
      default: throw .file(errno, "write", path)
      }
    }
    return true
  }

  private typealias Fallocate = @convention(c) (Int32, Int32, Int, Int) -> Int32

  /// Linux's own call, which Swift's view of its C library lacks; `nil` elsewhere.
  ///
  /// POSIX' would write where it cannot promise.
  private static let fallocate: Fallocate? = {
    #if os(Linux) && _pointerBitWidth(_64)
      dlsym(nil, "fallocate").map { unsafeBitCast($0, to: Fallocate.self) }
    #else
      nil
    #endif
  }()

  /// `FALLOC_FL_KEEP_SIZE`: the file stays empty.
  private static let keepsSize: Int32 = 1
}
