internal import FalProtocol
internal import FoundationEssentials
internal import HTTP
internal import KeyreelCore
internal import Media
internal import Synchronization

/// Brings fitted keyframes to where the model finds them: inside the request, or through storage.
///
/// A picture that many segments share is encoded and uploaded once, also when they ask at the same time.
final class PictureDelivery: Sendable {
  private struct Delivery {
    let task: Task<String, any Error>
    var askers = 0
    var quitters = 0
  }

  private let service: FalServices
  private let storage: FalStorage
  private let memory: any UploadMemory
  private let underWay = Mutex<[Digest: Delivery]>([:])
  /// Uploads of this run, and remembered ones that were found in place, by the digest of the pixels.
  private let known = Mutex<[Digest: String]>([:])
  /// The last small pictures as data URIs: of a chain, each is asked for twice, and with every take.
  private let inlined = Mutex<[(digest: Digest, text: String)]>([])

  /// In `auto`, larger pictures go through storage: a request and each record of it stay small.
  static let inlineLimit = 96 << 10
  /// How long an upload is asked to live, and for how long it is used again.
  static let lifetime = Duration.seconds(7 * 86_400)
  /// Data URIs that are remembered, of up to ``inlineLimit`` each.
  private static let inlinedLimit = 16

  init(service: FalServices, memory: any UploadMemory) {
    self.service = service
    self.memory = memory
    storage = FalStorage(service: service)
  }

  /// An address or data URI from which the model can read `picture`.
  func address(of picture: FittedPicture) async throws -> String {
    let digest = Digest.of("\(picture.size) \(Digest.of(picture.pixels))")
    let task = underWay.withLock { underWay in
      var delivery =
        underWay[digest] ?? Delivery(task: Task { try await self.deliver(picture, digest) })
      delivery.askers += 1
      underWay[digest] = delivery
      return delivery.task
    }
    defer { underWay.withLock { if $0[digest]?.task == task { $0[digest] = nil } } }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      quit(digest, task)
    }
  }

  /// Breaks a delivery off when nobody waits for it any more.
  private func quit(_ digest: Digest, _ task: Task<String, any Error>) {
    underWay.withLock { underWay in
      guard var delivery = underWay[digest], delivery.task == task else { return }
      delivery.quitters += 1
      underWay[digest] = delivery.quitters < delivery.askers ? delivery : nil
      if delivery.quitters == delivery.askers { task.cancel() }
    }
  }

  private func deliver(_ picture: FittedPicture, _ digest: Digest) async throws -> String {
    if let known = known.withLock({ $0[digest] }) ?? dataURI(of: digest) { return known }
    let png = try await OwnThread.run { _ in
      try PictureWriter.encode(
        RGBPicture(size: picture.size, pixels: picture.pixels), as: .png)
    }
    let settings = service.settings
    let isInline =
      settings.upload == .inline
      || (settings.upload == .auto
        && (png.count <= Self.inlineLimit || settings.addresses[.storage] == nil))
    if isInline {
      let text = "data:image/png;base64,\(Data(png).base64EncodedString())"
      if png.count <= Self.inlineLimit { remember(text, of: digest) }
      return text
    }
    let address = try await uploaded(png, Digest.of(png))
    known.withLock { $0[digest] = address }
    return address
  }

  private func dataURI(of digest: Digest) -> String? {
    inlined.withLock { $0.first { $0.digest == digest }?.text }
  }

  private func remember(_ text: String, of digest: Digest) {
    inlined.withLock { $0 = $0.suffix(Self.inlinedLimit - 1) + [(digest, text)] }
  }

  /// Where the picture is: still, or now.
  private func uploaded(_ png: [UInt8], _ digest: Digest) async throws -> String {
    let origin = FalSettings.origin(of: service.settings.addresses[.storage] ?? "")
    let owner = "\(origin) \(service.settings.key.fingerprint)"
    if let known = memory.address(of: digest, at: owner), await isThere(known, png.count) {
      return known
    }
    let address = try await storage.upload(
      png, named: "\(digest.hex.prefix(16)).png", type: "image/png", lifetime: Self.lifetime)
    memory.remember(address, of: digest, at: owner, lifetime: Self.lifetime)
    return address
  }

  /// Whether the file can still be read; asked without the key, and in doubt it is not.
  private func isThere(_ address: String, _ count: Int) async -> Bool {
    guard let answer = try? await service.session.send(HTTPCall(.head, address)) else {
      return false
    }
    let length = answer.header("content-length").flatMap { Int($0) }
    return answer.status == 200 && (length ?? count) == count
  }
}
