internal import Hummingbird
internal import KeyreelCore
internal import NIOCore
internal import NIOPosix
internal import SystemPackage

/// The bytes of a file as the body of an answer: read off Swift's task pool, piece by piece, and never
/// faster than the client takes them.
enum FileBody {
  private static let piece = 128 << 10

  /// The bytes `range` of the file at `path`; throws `Errno` when it is not there.
  ///
  /// The file is open when this returns, so sweeping it away does not cut the answer short.
  static func bytes(
    _ range: Range<Int>, of path: FilePath, to channel: any Channel
  ) async throws -> ResponseBody {
    let file = try await NIOThreadPool.singleton.runIfActive { try OpenFile(path) }
    return ResponseBody(contentLength: range.count) { writer in
      var offset = range.lowerBound
      while offset < range.upperBound {
        let place = offset..<min(offset + piece, range.upperBound)
        let buffer = try await NIOThreadPool.singleton.runIfActive { try file.read(place) }
        offset += buffer.readableBytes
        try await writer.write(buffer)
        // A write only waits once the connection has told that it is full, and it cannot tell while it
        // is still busy with what it was handed: without this a gigabyte would pile up before it.
        try await channel.eventLoop.submit {}.get()
      }
      try await writer.finish(nil)
    }
  }
}

/// A file that is closed with its last reader.
private final class OpenFile: Sendable {
  private let path: FilePath
  private let file: SystemPackage.FileDescriptor

  init(_ path: FilePath) throws {
    self.path = path
    file = try SystemPackage.FileDescriptor.open(
      path, .readOnly, options: [.noFollow, .closeOnExec])
  }

  deinit { try? file.close() }

  /// At least one of the bytes `range`, which must not be empty.
  func read(_ range: Range<Int>) throws -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: range.count)
    let count = try buffer.writeWithUnsafeMutableBytes(
      minimumWritableBytes: range.count
    ) { bytes in
      try file.read(
        fromAbsoluteOffset: Int64(range.lowerBound),
        into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<range.count]))
    }
    guard count > 0 else {
      throw OperationError(.corrupt, "\(path) is shorter than its record says")
    }
    return buffer
  }
}
