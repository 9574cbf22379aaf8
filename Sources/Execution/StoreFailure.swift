import KeyreelCore
import SystemPackage

/// A failure of the store itself, as opposed to one of the clip being made.
struct StoreFailure: Error {
  let error: OperationError

  init(_ error: any Error) {
    self.error =
      error as? OperationError
      ?? OperationError(.inputOutput, "the store failed: \(error)", underlying: error)
  }
}

/// Runs `body`, a call of the store, on a thread of its own, and marks its error as the store's.
///
/// The call may read whole files, force a disk, or ask a server far away.
func atStore<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws(StoreFailure) -> Value {
  do { return try await OwnThread.run { _ in try body() } } catch { throw StoreFailure(error) }
}

/// The digest and the count of a file's bytes.
struct FileFigures {
  let digest: Digest
  let byteCount: Int

  /// Reads the whole file at `path`, in pieces.
  init(of path: FilePath) throws {
    var hasher = DigestHasher()
    var byteCount = 0
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
      defer { try? file.close() }
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
      defer { buffer.deallocate() }
      while case let count = try file.read(into: buffer), count > 0 {
        hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        byteCount += count
      }
    } catch {
      throw OperationError(
        .inputOutput, "cannot read the new clip \(path): \(error)", remedy: "run again",
        underlying: error)
    }
    digest = hasher.finalize()
    self.byteCount = byteCount
  }
}
