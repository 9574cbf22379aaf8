internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// Uploads to the account's storage. The key goes to the token route alone; files travel with the token.
actor FalStorage {
  private let service: FalServices
  private let reads: PatientReads
  private var token: (value: Task<UploadToken, any Error>, taken: ContinuousClock.Instant)?

  /// Tokens live for hours; a new one is asked for long before.
  private static let tokenLife = Duration.seconds(600)
  private static let subject = "the upload of a keyframe"

  init(service: FalServices) {
    self.service = service
    // Nothing is bought yet that waiting could save: whoever waits is told soon.
    reads = PatientReads(
      service.settings.pace, mostTries: service.settings.pace.uploadTries)
  }

  /// Uploads `bytes` and returns the address from which anybody can read them.
  func upload(
    _ bytes: [UInt8], named name: String, type: String, lifetime: Duration
  ) async throws -> String {
    // An upload costs nothing, so it may be repeated.
    let answer = try await service.telling(Self.subject) {
      try await reads { try await self.send(bytes, name, type, lifetime) }
    }
    guard answer.isSuccess else {
      // The media host knows tokens, not keys: its refusals say nothing about the account.
      throw service.settings.key.hidden(
        in: OperationError(
          .permissionDenied, "\(Self.subject): \(FalFailure.words(FalServices.failure(answer)))",
          remedy: "run again, or write upload: inline"))
    }
    return try await service.telling(Self.subject) {
      try UploadedFile(decoding: FalServices.json(answer)).accessURL
    }
  }

  /// One upload; with a new token when the old one is not taken any more.
  private func send(
    _ bytes: [UInt8], _ name: String, _ type: String, _ lifetime: Duration
  ) async throws -> HTTPAnswer {
    let answer = try await post(bytes, name, type, lifetime)
    guard answer.status == 401 || answer.status == 403 else { return try Self.judged(answer) }
    token = nil
    return try Self.judged(try await post(bytes, name, type, lifetime))
  }

  private func post(
    _ bytes: [UInt8], _ name: String, _ type: String, _ lifetime: Duration
  ) async throws -> HTTPAnswer {
    let token = try await currentToken()
    let life = ObjectLifecycle(expiration: lifetime).header
    let base = service.settings.addresses[.media] ?? token.baseURL
    return try await service.session.send(
      HTTPCall(
        .post, base + "/files/upload",
        headers: [
          ("Authorization", "\(token.type) \(token.token)"), ("Content-Type", type),
          ("X-Fal-File-Name", name), ("X-Fal-Object-Lifecycle", life),
          ("X-Fal-Object-Lifecycle-Preference", life),
        ], body: bytes))
  }

  /// Throws what passes, so that it is tried again.
  private static func judged(_ answer: HTTPAnswer) throws -> HTTPAnswer {
    guard !answer.isSuccess else { return answer }
    let failure = FalServices.failure(answer)
    if failure.advice == .slowDown || failure.advice == .repeatReadsOnly { throw failure }
    return answer
  }

  private func currentToken() async throws -> UploadToken {
    let clock = ContinuousClock()
    if let token, token.taken.duration(to: clock.now) < Self.tokenLife {
      return try await token.value.value
    }
    let call = try service.call(
      .post, .storage, "/storage/auth/token?storage_type=fal-cdn-v3", body: Array("{}".utf8))
    let fresh = Task { [service] in try UploadToken(decoding: try await service.json(call)) }
    token = (fresh, clock.now)
    do { return try await fresh.value } catch {
      token = nil
      throw error
    }
  }
}
