internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

/// `rest.fal.ai`: tokens and addresses for uploads.
///
/// Every `storage_type` means the same here, and so does its absence. The routes of the media host answer
/// here too, because clients send parts to whatever base they were told.
struct StorageService: ServiceHandler {
  let queue: JobQueue
  let keys: KeyCheck
  let tokens: UploadTokens
  let media: MediaService

  func answer(_ call: Call) async throws -> Response {
    guard case .known(let route)? = MediaRoute(path: call.path) else {
      return try await media.answer(call)
    }
    switch route {
    case .token, .initiate, .initiateMultipart:
      try call.require(anyOf: route.methods)
      let owner = try await keys.owner(of: call)
      return route == .token
        ? try await token(owner, call) : try await announce(owner, call)
    default: return try await media.answer(call)
    }
  }

  private func token(_ owner: String, _ call: Call) async throws -> Response {
    let (token, end) = try await tokens.issue(to: owner)
    let answer = UploadToken(
      token: token, baseURL: call.addresses[.media], expiresAt: end.numericZoneText)
    return Answer.json(bytes: answer.json.bytes, headers: [.cacheControl: "no-store"])
  }

  /// The same for one piece and for parts: the client decides by where it sends the bytes.
  private func announce(_ owner: String, _ call: Call) async throws -> Response {
    let upload = try await queue.beginUpload(
      try await UploadLabel(call: call, owner: owner).announced())
    let media = call.addresses[.media]
    let target = UploadTarget(
      fileURL: media + MediaPath.of(id: upload.id, name: upload.label.name),
      uploadURL: "\(media)/uploads/\(upload.id)?token=\(upload.token)")
    return Answer.json(bytes: target.json.bytes, headers: [.cacheControl: "no-store"])
  }
}
