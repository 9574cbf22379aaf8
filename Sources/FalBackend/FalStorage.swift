internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// Uploads to the account's storage. The key goes to the token route alone; files travel with the token.
actor FalStorage {
  private let service: FalServices
  private let reads = PatientReads()
  private var token: (value: UploadToken, taken: ContinuousClock.Instant)?

  /// Tokens live for hours; a new one is asked for long before.
  private static let tokenLife = Duration.seconds(600)

  init(service: FalServices) { self.service = service }

  /// Uploads `bytes` and returns the address from which anybody can read them.
  func upload(
    _ bytes: [UInt8], named name: String, type: String, lifetime: Duration
  ) async throws -> String {
    // An upload costs nothing, so it may be repeated.
    try await reads { try await self.send(bytes, name, type, lifetime) }
  }

  private func send(
    _ bytes: [UInt8], _ name: String, _ type: String, _ lifetime: Duration
  ) async throws -> String {
    let token = try await currentToken()
    let call = HTTPCall(
      .post, service.settings.address(of: .media) + "/files/upload",
      headers: [
        ("Authorization", "\(token.type) \(token.token)"), ("Content-Type", type),
        ("X-Fal-File-Name", name),
        ("X-Fal-Object-Lifecycle", ObjectLifecycle(expiration: lifetime).header),
        ("X-Fal-Object-Lifecycle-Preference", ObjectLifecycle(expiration: lifetime).header),
      ], body: bytes)
    do {
      return try UploadedFile(decoding: try await service.json(call)).accessURL
    } catch let failure as ServiceFailure where failure.kind == .badKey || failure.kind == .forbidden {
      self.token = nil
      throw FalFailure.error(failure, about: "the upload of a keyframe")
    }
  }

  private func currentToken() async throws -> UploadToken {
    let clock = ContinuousClock()
    if let token, token.taken.duration(to: clock.now) < Self.tokenLife { return token.value }
    let call = service.call(
      .post, .storage, "/storage/auth/token?storage_type=fal-cdn-v3", body: Array("{}".utf8))
    do {
      let fresh = try UploadToken(decoding: try await service.json(call))
      token = (fresh, clock.now)
      return fresh
    } catch let failure as ServiceFailure where failure.advice == .holdAll {
      throw FalFailure.error(failure, about: "the upload of a keyframe")
    }
  }
}
