internal import CCurl
internal import KeyreelCore

/// Whether a post may go out without TLS.
public enum PlainHTTP: Hashable, Sendable {
  /// Never.
  case refused
  /// To this machine, for rehearsals and tests.
  case toLoopback
}

extension HTTPClient {
  /// Answers are read so far and not kept.
  private static let answerLimit = 1 << 16

  /// Posts `body` to `url` and returns the status of the answer, which may be any; follows no redirects.
  ///
  /// Throws an ``OperationError`` when there is no answer; `isRetryable` tells whether there may be one
  /// later. Its message leaves the address out, because a receiver's address may hold a secret.
  public func post(
    _ body: [UInt8], to url: String, headers: [(name: String, value: String)],
    plainHTTP: PlainHTTP = .refused
  ) async throws -> Int {
    try await OwnThread.run { [settings] token in
      try Self.post(body, url, headers, plainHTTP, settings, token)
    }
  }

  private static func post(
    _ body: [UInt8], _ url: String, _ headers: [(name: String, value: String)],
    _ plainHTTP: PlainHTTP, _ settings: Settings, _ token: CancellationToken
  ) throws -> Int {
    let isPlain = plainHTTP == .toLoopback && url.lowercased().hasPrefix("http://")
    if !isPlain { try requireReceiver(url) }
    guard isReady, let handle = curl_easy_init() else {
      throw OperationError(.inputOutput, "libcurl cannot be started")
    }
    defer { curl_easy_cleanup(handle) }
    var list: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(list) }
    // Without the last one libcurl asks before it sends a long body, and waits for receivers that do not know the question.
    for header in headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
      list = curl_slist_append(list, header) ?? list
    }
    connect(handle, url, settings)
    let scheme = isPlain ? curlx_protocol_http : curlx_protocol_https
    curlx_set_long(handle, CURLOPT_PROTOCOLS, scheme)
    curlx_set_long(handle, CURLOPT_POST, 1)
    curlx_set_pointer(handle, CURLOPT_HTTPHEADER, list)
    let reach: NetworkReach? =
      isPlain ? .loopback : settings.proxy == nil ? settings.reach : nil
    let transfer = Transfer(into: nil, limit: answerLimit, reach: reach, token: token)
    transfer.attach(to: handle)
    var body = body
    let code = body.withUnsafeMutableBytes { bytes in
      curlx_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
      curlx_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
      return withExtendedLifetime(transfer) { curl_easy_perform(handle) }
    }
    var status = 0
    curlx_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    // A long answer is cut off; its status is all that counts.
    if code == CURLE_OK || transfer.isTooLarge, status >= 200 { return status }
    try token.check()
    throw failure(code, transfer)
  }

  private static func requireReceiver(_ url: String) throws {
    do {
      try TransferFailure.requireHTTPS(url)
    } catch {
      throw OperationError(
        .refusedAddress, "the receiver's address is not a plain https address", underlying: error)
    }
  }

  private static func failure(_ code: CURLcode, _ transfer: Transfer) -> OperationError {
    if let refused = transfer.guardian.refused {
      return OperationError(
        .refusedAddress, "the receiver's address leads to \(refused), which is out of reach")
    }
    let (kind, _, isRetryable) = TransferFailure.classify(code)
    return OperationError(
      kind, "the receiver does not answer: \(String(cString: curl_easy_strerror(code)))",
      isRetryable: isRetryable)
  }
}
