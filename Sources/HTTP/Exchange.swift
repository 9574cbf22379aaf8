internal import CCurl
internal import KeyreelCore
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One call under way: what libcurl's callbacks are given; used on the session's thread only.
final class Exchange {
  let order: CallLoop.Order
  private let handle: UnsafeMutableRawPointer
  private var lines: UnsafeMutablePointer<curl_slist>?
  private var headers: [(name: String, value: String)] = []
  private var body: [UInt8] = []
  private var sent = 0
  private var wasEndedByReader = false
  private var sink: DownloadSink?
  private var byteCount = 0
  private var isTooLarge = false
  private var guardian: AddressGuard

  init(_ order: CallLoop.Order, _ handle: UnsafeMutableRawPointer) {
    self.order = order
    self.handle = handle
    guardian = AddressGuard(reach: nil)
  }

  deinit { curl_slist_free_all(lines) }

  private var call: HTTPCall { order.call }

  /// Sets the handle up for the call; throws for addresses and files that cannot be used.
  func configure(_ settings: HTTPSession.Settings) throws(OperationError) {
    let isPlain = call.url.lowercased().hasPrefix("http://")
    if isPlain {
      guard settings.allowsPlainHTTP else {
        throw OperationError(
          .refusedAddress, "\(call.url) is not an https address",
          remedy: "give one that begins https://")
      }
    } else {
      try TransferFailure.requireHTTPS(call.url)
    }
    if let destination = call.destination { sink = try DownloadSink(destination) }
    guardian = AddressGuard(reach: settings.reach)
    curlx_set_string(handle, CURLOPT_URL, call.url)
    curlx_set_long(handle, CURLOPT_NOSIGNAL, 1)
    let protocols = isPlain ? curlx_protocol_http : curlx_protocol_https
    curlx_set_long(handle, CURLOPT_PROTOCOLS, protocols)
    curlx_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
    curlx_set_long(handle, CURLOPT_HTTP_VERSION, curlx_http_1_1)
    curlx_set_string(handle, CURLOPT_PROXY, "")
    curlx_set_string(handle, CURLOPT_NOPROXY, "")
    if let file = settings.certificateFile {
      curlx_set_string(handle, CURLOPT_CAINFO, file.string)
      // Only these: not the system's folder of certificates beside them.
      curlx_set_string(handle, CURLOPT_CAPATH, nil)
    }
    curlx_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.milliseconds)
    curlx_set_long(handle, CURLOPT_TIMEOUT_MS, call.timeout.milliseconds)
    curlx_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
    curlx_set_long(
      handle, CURLOPT_LOW_SPEED_TIME, max(1, call.stallTimeout.milliseconds / 1000))
    setMethod()
    setCallbacks()
  }

  private func setMethod() {
    for header in call.headers { append("\(header.name): \(header.value)") }
    switch call.method {
    case .get: curlx_set_long(handle, CURLOPT_HTTPGET, 1)
    case .post: curlx_set_long(handle, CURLOPT_POST, 1)
    case .put: curlx_set_long(handle, CURLOPT_UPLOAD, 1)
    case .delete: curlx_set_string(handle, CURLOPT_CUSTOMREQUEST, "DELETE")
    }
    if call.method == .post || call.method == .put {
      let count = curl_off_t(call.body?.count ?? 0)
      let size = call.method == .post ? CURLOPT_POSTFIELDSIZE_LARGE : CURLOPT_INFILESIZE_LARGE
      curlx_set_offset(handle, size, count)
      // Neither waits for a go-ahead nor adds a media type of its own.
      append("Expect:")
      if !call.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
        append("Content-Type:")
      }
    }
    curlx_set_list(handle, CURLOPT_HTTPHEADER, lines)
  }

  private func append(_ line: String) { lines = curl_slist_append(lines, line) }

  private func setCallbacks() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    curlx_set_pointer(handle, CURLOPT_WRITEDATA, context)
    curlx_set_data_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
      return exchange.receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    curlx_set_pointer(handle, CURLOPT_HEADERDATA, context)
    curlx_set_data_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
      exchange.note(UnsafeRawBufferPointer(start: bytes, count: size * count))
      return size * count
    }
    curlx_set_pointer(handle, CURLOPT_READDATA, context)
    curlx_set_data_callback(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
      return exchange.fill(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
    }
    // libcurl would send a request again when a kept connection turns out to be dead. It has to go back
    // to the body's beginning for that, and is told that it cannot.
    curlx_set_pointer(handle, CURLOPT_SEEKDATA, context)
    curlx_set_seek_callback(handle) { _, _, _ in CURL_SEEKFUNC_FAIL }
    curlx_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
    curlx_set_socket_callback(handle) { context, _, address in
      guard let context, let address else { return -1 }
      return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().guardian.open(address)
    }
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    let rest = (call.body ?? [])[sent...].prefix(buffer.count)
    buffer.copyBytes(from: rest)
    sent += rest.count
    return rest.count
  }

  /// Takes a header line; a new status line begins a new answer, as after `100 Continue`.
  private func note(_ bytes: UnsafeRawBufferPointer) {
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      headers = []
      return
    }
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = line[line.index(after: colon)...]
    headers.append(
      (
        line[..<colon].lowercased(),
        String(value.drop { $0 == " " || $0 == "\t" }.prefix { $0 != "\r\n" && $0 != "\n" })
      ))
  }

  private var status: Int {
    var status = 0
    curlx_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    return status
  }

  private func receive(_ buffer: UnsafeRawBufferPointer) -> Int {
    guard byteCount + buffer.count <= call.maximumBytes else {
      isTooLarge = true
      return 0
    }
    byteCount += buffer.count
    let isSuccess = (200..<300).contains(status)
    if isSuccess, let sink {
      return sink.write(buffer) ? buffer.count : 0
    }
    if isSuccess, let reader = order.reader {
      guard reader(Array(buffer)) else {
        wasEndedByReader = true
        return 0
      }
      return buffer.count
    }
    body.append(contentsOf: buffer)
    return buffer.count
  }

  /// Tells the caller how the call ended; called once.
  func end(_ code: CURLcode) {
    order.continuation.resume(with: Result { try answer(code) })
  }

  private func answer(_ code: CURLcode) throws -> HTTPAnswer {
    var answer = HTTPAnswer(
      status: status, headers: headers, body: body, byteCount: byteCount, digest: nil)
    if wasEndedByReader { return answer }
    do throws(OperationError) {
      guard code == CURLE_OK else { throw failure(code) }
      if answer.isSuccess { answer.digest = try sink?.finish() }
      sink?.discard()
      return answer
    } catch {
      sink?.discard()
      throw HTTPFailure(mayHaveArrived: mayHaveArrived, error: error)
    }
  }

  private func failure(_ code: CURLcode) -> OperationError {
    if code == CURLE_ABORTED_BY_CALLBACK {
      return OperationError(.interrupted, "stopped on request")
    }
    if let error = sink?.error { return error }
    if isTooLarge {
      return OperationError(
        .tooLarge, "\(call.url) sends more than \(call.maximumBytes) bytes")
    }
    return guardian.failure(of: call.url) ?? TransferFailure.connection(code, url: call.url)
  }

  private var mayHaveArrived: Bool {
    if let body = call.body, !body.isEmpty { return sent > 0 }
    var bytes = 0
    curlx_get_long(handle, CURLINFO_REQUEST_SIZE, &bytes)
    return bytes > 0
  }
}
