internal import CCurl
internal import KeyreelCore

/// One transfer under way: what libcurl's callbacks are given; used on one thread only.
final class Transfer {
  private(set) var byteCount = 0
  /// Whether more bytes came than are allowed.
  private(set) var isTooLarge = false
  private(set) var guardian: AddressGuard
  private let sink: DownloadSink
  private let limit: Int
  private let token: CancellationToken

  /// A transfer into `sink`; without a `reach`, addresses are not checked (behind a
  /// proxy).
  init(into sink: DownloadSink, limit: Int, reach: NetworkReach?, token: CancellationToken) {
    self.sink = sink
    self.limit = limit
    guardian = AddressGuard(reach: reach)
    self.token = token
  }

  /// The failure of a write, if one failed.
  var writeError: OperationError? { sink.error }

  /// Has `handle` call this transfer.
  func attach(to handle: UnsafeMutableRawPointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    curlx_set_pointer(handle, CURLOPT_WRITEDATA, context)
    curlx_set_data_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      return transfer.write(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    curlx_set_long(handle, CURLOPT_NOPROGRESS, 0)
    curlx_set_pointer(handle, CURLOPT_XFERINFODATA, context)
    curlx_set_progress_callback(handle) { context, _, _, _, _ in
      guard let context else { return 1 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      return transfer.token.isCancelled ? 1 : 0
    }
    curlx_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
    curlx_set_socket_callback(handle) { context, _, address in
      guard let context, let address else { return -1 }
      return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().guardian.open(address)
    }
  }

  private func write(_ buffer: UnsafeRawBufferPointer) -> Int {
    guard byteCount + buffer.count <= limit else {
      isTooLarge = true
      return 0
    }
    guard sink.write(buffer) else { return 0 }
    byteCount += buffer.count
    return buffer.count
  }
}
