internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension ResponseBody {
  /// The same bytes, `rate` of them in a second.
  func slowed(to rate: Int) -> ResponseBody {
    ResponseBody(contentLength: contentLength) { [self] writer in
      try await write(SlowWriter(real: writer, rate: rate))
    }
  }

  /// The first `limit` bytes and then the end of the connection, whatever was announced.
  func truncated(_ limit: Int, _ context: CallContext) -> ResponseBody {
    // A body that is announced as long as what comes would look whole.
    guard contentLength.map({ $0 > limit }) ?? true else { return self }
    return ResponseBody(contentLength: contentLength) { [self] writer in
      try await write(CutWriter(real: writer, left: limit))
      try await context.closeConnection()
      throw CutOff()
    }
  }
}

/// The end of a truncated body.
struct CutOff: Error {}

/// Hands bytes on in small pieces, with pauses.
private struct SlowWriter: ResponseBodyWriter {
  var real: any ResponseBodyWriter
  let rate: Int

  /// Pieces a second: few enough to cost nothing, and enough to look like a slow line.
  private static let steps = 10

  mutating func write(_ buffer: ByteBuffer) async throws {
    var rest = buffer
    let size = max(1, rate / Self.steps)
    while let piece = rest.readSlice(length: min(size, rest.readableBytes)),
      piece.readableBytes > 0
    {
      try await real.write(piece)
      try await Task.sleep(for: .seconds(1) * (Double(piece.readableBytes) / Double(rate)))
    }
  }

  consuming func finish(_ trailers: HTTPFields?) async throws { try await real.finish(trailers) }
}

/// Hands so many bytes on and swallows the others.
private struct CutWriter: ResponseBodyWriter {
  var real: any ResponseBodyWriter
  var left: Int

  mutating func write(_ buffer: ByteBuffer) async throws {
    guard left > 0 else { throw CutOff() }
    var rest = buffer
    guard let piece = rest.readSlice(length: min(left, rest.readableBytes)) else { return }
    left -= piece.readableBytes
    try await real.write(piece)
  }

  consuming func finish(_ trailers: HTTPFields?) async throws {}
}
