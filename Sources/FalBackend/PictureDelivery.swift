internal import FalProtocol
internal import FoundationEssentials
internal import HTTP
internal import KeyreelCore
internal import Media

/// Brings fitted keyframes to where the model finds them: inside the request, or through storage.
///
/// A picture that many segments share is encoded and uploaded once, also when they ask at the same time.
actor PictureDelivery {
  private let service: FalServices
  private let storage: FalStorage
  private let memory: any UploadMemory
  private var underWay: [Digest: Task<String, any Error>] = [:]

  /// Above this a data URI makes requests, and the payloads that the provider keeps, needlessly large.
  static let inlineLimit = 1 << 20
  /// How long an upload is asked to live, and for how long it is used again.
  static let lifetime = Duration.seconds(7 * 86_400)

  init(service: FalServices, memory: any UploadMemory) {
    self.service = service
    self.memory = memory
    storage = FalStorage(service: service)
  }

  /// An address or data URI from which the model can read `picture`.
  func address(of picture: FittedPicture) async throws -> String {
    let digest = Digest.of(picture.pixels)
    if let task = underWay[digest] { return try await task.value }
    let task = Task { try await self.deliver(picture) }
    underWay[digest] = task
    defer { underWay[digest] = nil }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private func deliver(_ picture: FittedPicture) async throws -> String {
    let png = try await OwnThread.run { _ in
      try PictureWriter.encode(
        RGBPicture(size: picture.size, pixels: picture.pixels), as: .png)
    }
    let mode = service.settings.upload
    if mode == .inline || (mode == .auto && png.count <= Self.inlineLimit) {
      return "data:image/png;base64,\(Data(png).base64EncodedString())"
    }
    let digest = Digest.of(png)
    let origin = service.settings.address(of: .media)
    if let known = memory.address(of: digest, at: origin) { return known }
    let address = try await storage.upload(
      png, named: "\(digest.hex.prefix(16)).png", type: "image/png", lifetime: Self.lifetime)
    memory.remember(address, of: digest, at: origin, lifetime: Self.lifetime)
    return address
  }
}
