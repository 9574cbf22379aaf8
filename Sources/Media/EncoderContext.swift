internal import CFFmpeg
internal import KeyreelCore

/// Owns one `AVCodecContext` that encodes, and the packet that it fills; used on one thread only.
final class EncoderContext {
  let pointer: UnsafeMutablePointer<AVCodecContext>
  private let packet: Packet
  private let name: String

  /// A context for `codec`, to be set up and opened; `name` is what messages call it.
  init(_ codec: UnsafePointer<AVCodec>, name: String = "encoder") throws {
    packet = try Packet()
    self.name = name
    guard let pointer = avcodec_alloc_context3(codec) else {
      throw LibavError.error(avx_error_no_memory, "opening an encoder", file: name)
    }
    self.pointer = pointer
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVCodecContext>? = pointer
    avcodec_free_context(&pointer)
  }

  /// Opens the encoder.
  ///
  /// `options` are taken over; `what` says in messages what is being opened.
  func open(_ options: OpaquePointer?, _ what: String) throws {
    var options = options
    defer { av_dict_free(&options) }
    try LibavError.check(
      avcodec_open2(pointer, nil, &options), "opening \(what)", file: name)
  }

  /// Hands in a frame, `nil` at the end, and calls `body` with each packet that comes out; it is reused.
  func send(_ frame: UnsafeMutablePointer<AVFrame>?, _ body: (Packet) throws -> Void) throws {
    try LibavError.check(avcodec_send_frame(pointer, frame), "encoding", file: name)
    while true {
      let code = avcodec_receive_packet(pointer, packet.pointer)
      if code == avx_error_again || code == avx_error_eof { return }
      try LibavError.check(code, "encoding", file: name)
      try body(packet)
    }
  }
}
