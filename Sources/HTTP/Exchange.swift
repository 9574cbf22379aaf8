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
  private var headerBytes = 0
  /// Whether the rest of the answer is of no interest.
  private var isEnough = false
  /// Until when the rest of a stream is read, whose reader has enough and whose caller has the answer.
  private(set) var drainsUntil: ContinuousClock.Instant?
  private var sink: DownloadSink?
  private var byteCount = 0
  private var drained = 0
  private var isTooLarge = false
  private var guardian: AddressGuard

  /// fal's services keep all headers of an answer under 16 KB.
  private static let headerLimit = 256 << 10
  private static let wordsLimit = 64 << 10
  /// So long, and so many bytes: streams end right after what their readers wait for, and a connection
  /// whose answer was read to its end serves the next call.
  private static let drainTime = Duration.milliseconds(500)
  private static let drainLimit = 64 << 10

  init(_ order: CallLoop.Order, _ handle: UnsafeMutableRawPointer) {
    self.order = order
    self.handle = handle
    guardian = AddressGuard(reach: nil)
  }

  deinit { curl_slist_free_all(lines) }

  private var call: HTTPCall { order.call }

  /// Sets the handle up for the call; throws for addresses, headers and files that cannot be used.
  func configure(_ settings: HTTPSession.Settings) throws(OperationError) {
    try CallRules.check(call, allowsPlainHTTP: settings.allowsPlainHTTP)
    if let destination = call.destination { sink = try DownloadSink(destination) }
    guardian = AddressGuard(reach: settings.reach)
    curlx_set_string(handle, CURLOPT_URL, call.url)
    curlx_set_long(handle, CURLOPT_NOSIGNAL, 1)
    curlx_set_string(handle, CURLOPT_USERAGENT, "keyreel")
    // A look-up that hangs must not hold up all other calls when its own call is given up.
    curlx_set_long(handle, CURLOPT_QUICK_EXIT, 1)
    curlx_set_long(
      handle, CURLOPT_PROTOCOLS,
      CallRules.isPlain(call) ? curlx_protocol_http : curlx_protocol_https)
    curlx_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
    curlx_set_long(handle, CURLOPT_HTTP_VERSION, curlx_http_1_1)
    curlx_set_string(handle, CURLOPT_PROXY, "")
    curlx_set_string(handle, CURLOPT_NOPROXY, "")
    if let file = settings.certificateFile { curlx_set_string(handle, CURLOPT_CAINFO, file.string) }
    // One file, not the system's folder beside it: only a file is read once for all connections.
    if settings.certificateFile != nil || Self.hasCertificateFile {
      curlx_set_string(handle, CURLOPT_CAPATH, nil)
    }
    setTimes(settings)
    setMethod()
    setCallbacks()
    call.signature?.apply(to: handle)
  }

  /// Whether libcurl was built with a file of certificates, as Debian's is.
  private static let hasCertificateFile: Bool = {
    guard let handle = curl_easy_init() else { return false }
    defer { curl_easy_cleanup(handle) }
    var file: UnsafeMutableRawPointer?
    curlx_get_pointer(handle, CURLINFO_CAINFO, &file)
    return file != nil
  }()

  private func setTimes(_ settings: HTTPSession.Settings) {
    curlx_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.milliseconds)
    curlx_set_long(handle, CURLOPT_TIMEOUT_MS, call.timeout.milliseconds)
    curlx_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
    curlx_set_long(
      handle, CURLOPT_LOW_SPEED_TIME, max(1, call.stallTimeout.milliseconds / 1000))
    curlx_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
    // Servers close idle connections after a minute or so. A submission that meets such an end ends
    // as unknown, so it takes only a connection that was used just now.
    if call.method == .post { curlx_set_long(handle, CURLOPT_MAXAGE_CONN, 10) }
  }

  private func setMethod() {
    // libcurl takes a name that ends in a semicolon for a header without a value.
    for (name, value) in call.headers { append(value.isEmpty ? "\(name);" : "\(name): \(value)") }
    switch call.method {
    case .get: curlx_set_long(handle, CURLOPT_HTTPGET, 1)
    case .head: curlx_set_long(handle, CURLOPT_NOBODY, 1)
    case .post: curlx_set_long(handle, CURLOPT_POST, 1)
    case .put: curlx_set_long(handle, CURLOPT_UPLOAD, 1)
    case .delete: curlx_set_string(handle, CURLOPT_CUSTOMREQUEST, "DELETE")
    }
    if call.method == .post || call.method == .put {
      let count = curl_off_t(call.body?.count ?? 0)
      let size = call.method == .post ? CURLOPT_POSTFIELDSIZE_LARGE : CURLOPT_INFILESIZE_LARGE
      curlx_set_offset(handle, size, count)
      suppressExtras()
    }
    curlx_set_list(handle, CURLOPT_HTTPHEADER, lines)
  }

  /// Sees to it that libcurl neither waits for a go-ahead nor adds a media type of its own.
  private func suppressExtras() {
    guard call.signature == nil else {
      // Some versions of libcurl sign the names of the headers that they are told to leave out.
      curlx_set_long(handle, CURLOPT_EXPECT_100_TIMEOUT_MS, 1)
      return
    }
    append("Expect:")
    if !call.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      append("Content-Type:")
    }
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
      return exchange.note(UnsafeRawBufferPointer(start: bytes, count: size * count))
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
  private func note(_ bytes: UnsafeRawBufferPointer) -> Int {
    headerBytes += bytes.count
    guard headerBytes <= Self.headerLimit else {
      isTooLarge = true
      return 0
    }
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") { headers = [] }
    guard !line.hasPrefix("HTTP/"), let colon = line.firstIndex(of: ":") else { return bytes.count }
    let value = line[line.index(after: colon)...]
    headers.append(
      (
        line[..<colon].lowercased(),
        String(value.drop { $0 == " " || $0 == "\t" }.prefix { $0 != "\r\n" && $0 != "\n" })
      ))
    return bytes.count
  }

  private var status: Int {
    var status = 0
    curlx_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    return status
  }

  private func receive(_ buffer: UnsafeRawBufferPointer) -> Int {
    guard (200..<300).contains(status) else { return keepWords(buffer) }
    guard byteCount + buffer.count <= call.maximumBytes else {
      isTooLarge = true
      return 0
    }
    byteCount += buffer.count
    if let sink { return sink.write(buffer) ? buffer.count : 0 }
    guard let reader = order.reader else {
      body.append(contentsOf: buffer)
      return buffer.count
    }
    if drainsUntil != nil {
      drained += buffer.count
      return drained <= Self.drainLimit ? buffer.count : 0
    }
    if !reader(Array(buffer)) {
      drainsUntil = .now + Self.drainTime
      order.completion(.success(answer))
    }
    return buffer.count
  }

  /// Keeps the beginning of what a server says about a failure; its status counts even if more follows.
  private func keepWords(_ buffer: UnsafeRawBufferPointer) -> Int {
    byteCount += buffer.count
    body.append(contentsOf: buffer.prefix(Self.wordsLimit - body.count))
    isEnough = body.count == Self.wordsLimit
    return isEnough ? 0 : buffer.count
  }

  /// Tells the caller how the call ended, unless it has its answer; called once.
  func end(_ code: CURLcode) {
    guard drainsUntil == nil else { return }
    order.completion(Result { try answer(code) })
  }

  private var answer: HTTPAnswer {
    HTTPAnswer(status: status, headers: headers, body: body, byteCount: byteCount, digest: nil)
  }

  private func answer(_ code: CURLcode) throws -> HTTPAnswer {
    var answer = answer
    // A refusal counts as soon as its status is there, even if its explanation breaks off.
    let isRefused = status >= 400 && code != CURLE_ABORTED_BY_CALLBACK && !isTooLarge
    if isEnough || isRefused {
      sink?.discard()
      return answer
    }
    do throws(OperationError) {
      guard code == CURLE_OK else { throw failure(code) }
      if answer.isSuccess { answer.digest = try sink?.finish(forced: call.forcesFile) }
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
      let isHead = headerBytes > Self.headerLimit
      return OperationError(
        .tooLarge,
        "\(call.url) sends more than \(isHead ? Self.headerLimit : call.maximumBytes) bytes")
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
