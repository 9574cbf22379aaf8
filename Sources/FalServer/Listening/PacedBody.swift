internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore

/// A long body that is handed on no faster than its connection takes it.
///
/// A writer is told that its connection is full only by the connection's event loop. While that is busy, with
/// the encryption of others' bodies, a fast disk would put a whole file into memory; so each piece waits
/// until the loop has seen the one before.
struct PacedBody: ResponseBodyWriter {
  /// Shorter bodies are not worth a pause.
  private static let leastLength = 256 << 10

  private var writer: any ResponseBodyWriter
  private let loop: any EventLoop

  /// `response`, whose body, if it is long, is written at the pace of `channel`.
  static func pacing(_ response: Response, on channel: any Channel) -> Response {
    guard let length = response.body.contentLength, length >= leastLength else { return response }
    var paced = response
    let body = response.body
    paced.body = ResponseBody(contentLength: length) { writer in
      try await body.write(PacedBody(writer: writer, loop: channel.eventLoop))
    }
    return paced
  }

  private init(writer: any ResponseBodyWriter, loop: any EventLoop) {
    self.writer = writer
    self.loop = loop
  }

  mutating func write(_ buffer: ByteBuffer) async throws {
    try await writer.write(buffer)
    try await loop.submit {}.get()
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
    try await writer.finish(trailingHeaders)
  }
}
