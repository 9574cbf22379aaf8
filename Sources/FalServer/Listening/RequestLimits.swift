internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// What one connection may ask of the server, and how slow it may be.
struct RequestLimits {
  /// Connections at once; more wait until one ends.
  var connections = 4096
  /// Bytes of the request's address.
  var address = 8 << 10
  /// Bytes of one header field, bytes of all of them, and how many there may be.
  var header = HTTP1Channel.Configuration.DecoderConfiguration(
    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 100)
  /// For a connection that says nothing, or a head that does not end.
  var idle = TimeAmount.seconds(60)
  /// For a client that does not read what it asked for.
  var standstill = TimeAmount.seconds(60)
  /// How long a body may take at any speed.
  var bodyGrace = TimeAmount.seconds(30)
  /// Bytes each second that a body must have on average after that.
  var bodyRate = 1024
  /// How long a body may take at all.
  var bodyLimit = TimeAmount.hours(1)
  /// How often that is looked at.
  var bodyCheckInterval = TimeAmount.seconds(10)

  /// Whether a body of which `bytes` came in `time` is given up.
  func isTooSlow(bytes: Int, after time: TimeAmount) -> Bool {
    guard time > bodyGrace else { return false }
    let seconds = Int(time.nanoseconds / 1_000_000_000)
    return time > bodyLimit || bytes < seconds * bodyRate
  }
}

/// An HTTP/1.1 connection with a ``RequestGuard`` behind its decoder.
struct GuardedChannel: ServerChildChannel {
  let base: HTTP1Channel
  let limits: RequestLimits

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    base.setup(channel: channel, logger: logger).flatMapThrowing { value in
      let pipeline = channel.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(RequestGuard(limits), position: .after(decoder))
      return value
    }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await base.handle(value: value, logger: logger)
  }
}
