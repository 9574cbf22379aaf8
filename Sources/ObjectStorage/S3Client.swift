internal import HTTP
internal import KeyreelCore
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Signed requests to one bucket, repeated with pauses while the server has passing troubles.
struct S3Client: Sendable {
  /// One request, before it is signed.
  struct Request {
    var method: HTTPCall.Method
    /// Below the bucket; empty for the bucket itself.
    var key = ""
    /// Sorted by name, values encoded.
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    var destination: FilePath?
  }

  /// An answer, and whether an earlier try of the same request may have had an effect.
  struct Reply {
    var answer: HTTPAnswer
    var isRepeated: Bool
  }

  let address: String
  private let account: S3Account
  private let endpoint: S3Endpoint
  private let session: BlockingSession
  private let clock = ServerClock()
  private let pauses: [Duration]

  init(_ place: S3Address, _ account: S3Account, _ settings: S3Space.Settings) {
    address = "\(place)"
    self.account = account
    endpoint = S3Endpoint(
      configured: account.endpoint, region: account.region, bucket: place.bucket)
    pauses = settings.pauses
    session = BlockingSession(
      .init(
        certificateFile: settings.certificateFile, reach: nil,
        allowsPlainHTTP: account.endpoint?.hasPrefix("http://") == true))
  }

  /// Sends `request` until it is answered definitely; throws when that does not come about.
  ///
  /// An answer may be a refusal; the caller knows which ones are no error.
  func send(_ request: Request) throws(OperationError) -> Reply {
    var isRepeated = false
    for pause in pauses {
      do throws(OperationError) {
        let answer = try attempt(request)
        guard S3Failure.isPassing(answer) else {
          return Reply(answer: answer, isRepeated: isRepeated)
        }
        // Also a 500 may follow a write that was done.
        isRepeated = true
      } catch  where error.isRetryable {
        isRepeated = true
      }
      Self.sleep(pause)
    }
    let answer = try attempt(request)
    guard !S3Failure.isPassing(answer) else { throw failure(answer, request) }
    return Reply(answer: answer, isRepeated: isRepeated)
  }

  func failure(_ answer: HTTPAnswer, _ request: Request) -> OperationError {
    S3Failure.error(
      answer, "\(request.method.rawValue) \(request.key.isEmpty ? "the list" : request.key)",
      at: address)
  }

  private func attempt(_ request: Request) throws(OperationError) -> HTTPAnswer {
    let lead = clock.lead
    let answer = try exchange(request, lead)
    // A request of another time was looked at no further, so it may be sent once more.
    guard S3Failure.isOfOtherTime(answer),
      let better = clock.learn(from: answer, insteadOf: lead)
    else { return answer }
    return try exchange(request, better)
  }

  private func exchange(
    _ request: Request, _ lead: Int?
  ) throws(OperationError) -> HTTPAnswer {
    do {
      return try session.send(call(request, lead))
    } catch let failure as HTTPFailure {
      let error = failure.error
      guard error.code == .network || error.code == .interrupted else { throw error }
      throw OperationError(
        .network, "\(address): \(error.message)", remedy: "check the network and the endpoint",
        isRetryable: true, underlying: error)
    } catch {
      throw OperationError(.network, "\(address): \(error)", isRetryable: true, underlying: error)
    }
  }

  /// The signed call; `lead` is how far the server's clock is ahead, where this machine's is no good.
  private func call(_ request: Request, _ lead: Int?) -> HTTPCall {
    var url = endpoint.base + (request.key.isEmpty ? "/" : "/\(request.key)")
    if !request.query.isEmpty {
      url += "?" + request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }
    var headers = request.headers
    headers.append(("x-amz-content-sha256", Digest.of(request.body ?? []).hex))
    if request.method == .post { headers.append(("content-type", "application/xml")) }
    if let token = account.sessionToken { headers.append(("x-amz-security-token", token)) }
    let stamp = lead.flatMap(ServerClock.stamp)
    if let stamp {
      headers.append(("x-amz-date", stamp))
      let signature = ClockedSignature(account: account, stamp: stamp, base: endpoint.base)
      headers.append(("authorization", signature.authorization(request, headers)))
    }
    var call = HTTPCall(
      request.method, url, headers: headers, body: request.body, destination: request.destination,
      maximumBytes: request.destination == nil ? 64 << 20 : 16 << 30, timeout: .seconds(900),
      stallTimeout: .seconds(30))
    if stamp == nil {
      call.signature = RequestSignature(
        s3Region: account.region, keyID: account.keyID, secret: account.secret)
    }
    return call
  }

  /// Sleeps without Swift's clocks: this thread is the caller's own.
  private static func sleep(_ time: Duration) {
    var left = timespec(
      tv_sec: Int(time.components.seconds),
      tv_nsec: Int(time.components.attoseconds / 1_000_000_000))
    var rest = timespec()
    while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
  }
}
