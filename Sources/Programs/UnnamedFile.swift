#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import SystemPackage

/// A file without a name, gone with its last reference; no other program gets it unless it is given to it.
final class UnnamedFile {
  let descriptor: FileDescriptor

  /// A file in `folder`.
  init(in folder: FilePath) throws {
    let path = folder.appending("keyreel-\(UInt64.random(in: 0 ... .max))")
    descriptor = try FileDescriptor.open(
      path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: [.ownerReadWrite])
    unlink(path.string)
  }

  deinit { try? descriptor.close() }

  /// Writes `bytes`, and goes back to the beginning for whoever reads.
  func write(_ bytes: [UInt8]) throws {
    _ = try descriptor.writeAll(bytes)
    _ = try descriptor.seek(offset: 0, from: .start)
  }

  /// All that is in it.
  func bytes() throws -> [UInt8] {
    let size = Int(try descriptor.seek(offset: 0, from: .end))
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let room = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        let read = try descriptor.read(fromAbsoluteOffset: Int64(count), into: room)
        if read == 0 { break }
        count += read
      }
    }
  }
}
