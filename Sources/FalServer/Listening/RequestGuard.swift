internal import FalProtocol
internal import NIOCore
internal import NIOHTTP1

/// Keeps one connection within bounds: slow bodies, readers that stand still, requests that are none.
///
/// Sits right behind the HTTP decoder, so it also turns what the decoder refuses into an answer.
/// Silent connections, also between the bytes of a head, are the listener's idle timeout's to end.
final class RequestGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let limits: RequestLimits
  /// Requests handed on whose answer has not ended.
  private var waiting = 0
  /// Whether the answer under way has begun.
  private var hasBegun = false
  /// A refusal was sent: what still comes is not read.
  private var isClosing = false
  private var body: (begin: NIODeadline, bytes: Int)?
  private var bodyCheck: Scheduled<Void>?
  private var standstill: Scheduled<Void>?

  init(_ limits: RequestLimits) { self.limits = limits }

  func handlerRemoved(context: ChannelHandlerContext) { cancelTimers() }

  func channelInactive(context: ChannelHandlerContext) {
    cancelTimers()
    breakBody(context)
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { breakBody(context) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      if let (status, sentence) = mistake(in: head) {
        return refuse(context, status, sentence)
      }
      waiting += 1
      body = (.now(), 0)
      if isBodyAsked(head) {
        context.writeAndFlush(
          wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
          promise: nil)
      }
      checkBody(context)
    case .body(let bytes): body?.bytes += bytes.readableBytes
    case .end:
      body = nil
      bodyCheck?.cancel()
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !isClosing else {
      promise?.fail(ChannelError.outputClosed)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head: hasBegun = true
    case .body: break
    case .end:
      waiting -= 1
      hasBegun = false
    }
    context.write(data, promise: promise)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    standstill?.cancel()
    standstill = nil
    if !context.channel.isWritable {
      standstill = context.eventLoop.assumeIsolated().scheduleTask(in: limits.standstill) {
        context.close(promise: nil)
      }
    }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isClosing else { return }
    switch error as? HTTPParserError {
    case .headerOverflow?:
      refuse(context, .requestHeaderFieldsTooLarge, "The request's headers are too large")
    case .invalidMethod?: refuse(context, .methodNotAllowed, "Method Not Allowed")
    case .some: refuse(context, .badRequest, "The request is not HTTP/1.1")
    case nil: context.fireErrorCaught(error)
    }
  }

  private func mistake(in head: HTTPRequestHead) -> (HTTPResponseStatus, String)? {
    if head.uri.utf8.count > limits.address {
      return (.uriTooLong, "The address has more than \(limits.address) bytes")
    }
    let hosts = head.headers["Host"].count
    if hosts > 1 || hosts == 0 && head.version == .http1_1 {
      return (.badRequest, "A request has one Host header")
    }
    return nil
  }

  /// Whether the client waits to be told that its body is welcome.
  private func isBodyAsked(_ head: HTTPRequestHead) -> Bool {
    waiting == 1 && head.version == .http1_1
      && head.headers["Expect"].contains { $0.lowercased() == "100-continue" }
  }

  private func checkBody(_ context: ChannelHandlerContext) {
    bodyCheck?.cancel()
    bodyCheck = context.eventLoop.assumeIsolated().scheduleTask(in: limits.bodyCheckInterval) {
      [self] in
      guard let body, !isClosing else { return }
      if limits.isTooSlow(bytes: body.bytes, after: .now() - body.begin) {
        refuse(context, .requestTimeout, "The body comes too slowly")
      } else {
        checkBody(context)
      }
    }
  }

  /// Answers, unless another answer is under way, and closes; the client gets a moment to read it.
  private func refuse(
    _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ sentence: String
  ) {
    let mayAnswer = waiting == 0 || waiting == 1 && !hasBegun
    isClosing = true
    cancelTimers()
    guard mayAnswer else { return context.close(promise: nil) }
    let bytes = ErrorBody.text(sentence, type: nil).bytes
    let head = HTTPResponseHead(
      version: .http1_1, status: status,
      headers: [
        "Content-Type": "application/json", "Content-Length": "\(bytes.count)",
        "Connection": "close",
      ])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(mode: .output, promise: nil)
    _ = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
      context.close(promise: nil)
    }
  }

  /// Has a body that ends before its end fail: behind this handler both ends look alike, and half an
  /// upload would be taken for a whole one.
  private func breakBody(_ context: ChannelHandlerContext) {
    guard body != nil else { return }
    body = nil
    context.fireErrorCaught(HTTPParserError.invalidEOFState)
  }

  private func cancelTimers() {
    bodyCheck?.cancel()
    standstill?.cancel()
  }
}
