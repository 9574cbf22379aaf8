internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore
internal import NIOCore

/// Takes the bytes of one upload to the disk, in bounded memory; what is not whole leaves nothing behind.
struct IncomingFile {
  let call: Call
  let limit: Int

  /// Bytes that are gathered before they are written.
  private static let gathering = 256 << 10

  /// Keeps the body as the file, or the part of one, of `draft`.
  func receive<Kept: Sendable>(_ draft: FileDraft<Kept>) async throws -> Kept {
    try await told {
      do {
        try await pour { try await draft.append($0) }
        return try await draft.finish()
      } catch {
        await draft.discard()
        throw error
      }
    }
  }

  /// Refuses a body that says beforehand that it is too large.
  func checkLength() throws {
    guard let length = announced, length > limit else { return }
    throw Refusal(
      .contentTooLarge, "The body has \(length) bytes; at most \(limit) are taken here",
      type: "request_entity_too_large")
  }

  private var announced: Int? { call.headers[.contentLength].flatMap { Int($0) } }

  private func pour(_ write: ([UInt8]) async throws -> Void) async throws {
    var gathered: [UInt8] = []
    var count = 0
    for try await buffer in BrokenBody(call.body) {
      gathered.append(contentsOf: buffer.readableBytesView)
      count += buffer.readableBytes
      if gathered.count >= Self.gathering {
        try await write(gathered)
        gathered.removeAll(keepingCapacity: true)
      }
    }
    if !gathered.isEmpty { try await write(gathered) }
    // Whatever layer below ended the body early: bytes that were promised are missing.
    if let announced, announced != count { throw Refusal.brokenBody }
  }

  private func told<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch let error as OperationError {
      throw Refusal(upload: error) ?? error
    }
  }
}

/// A body whose end by a lost connection or broken framing is told as the client's.
private struct BrokenBody: AsyncSequence {
  private let body: RequestBody

  init(_ body: RequestBody) { self.body = body }

  struct AsyncIterator: AsyncIteratorProtocol {
    var iterator: RequestBody.AsyncIterator

    mutating func next() async throws -> ByteBuffer? {
      do { return try await iterator.next() } catch {
        throw Task.isCancelled ? error : Refusal.brokenBody
      }
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(iterator: body.makeAsyncIterator()) }
}

extension Refusal {
  /// A body that ended before its end.
  static let brokenBody = Refusal(
    .badRequest, "The body broke off; nothing of it was kept", type: "incomplete_body")
}
