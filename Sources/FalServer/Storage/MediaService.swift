internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

/// `v3.fal.media`: files by their unguessable names, and the uploads that make them.
///
/// Reading an open file needs no key. Sending one needs an upload token, the key, or an address that was
/// handed out for it; there a key may be sent along and is not looked at.
struct MediaService: ServiceHandler {
  let queue: JobQueue
  let keys: KeyCheck
  let uploads: UploadCheck

  func answer(_ call: Call) async throws -> Response {
    guard let route = MediaRoute(path: call.path) else { throw Refusal.noSuchPath }
    try call.require(anyOf: route.methods)
    switch route {
    case .known(.upload): return try await upload(call)
    case .known(.uploadMultipart): return try await beginParts(call)
    case .known: throw Refusal.noSuchPath
    case .file(let id, let name): return try await file(id, name, call)
    case .part(let id, let number):
      return try await part(number, of: try await owned(id, call), call)
    case .complete(let id): return try await complete(id, try await owned(id, call), call)
    case .placedFile(let id): return try await place(try await announced(id, call), call)
    case .placedPart(let id, let number):
      return try await part(number, of: try await announced(id, call), call)
    case .placedComplete(let id):
      return try await complete(id, try await announced(id, call), call)
    }
  }

  // MARK: Reading

  private func file(_ id: String, _ name: String, _ call: Call) async throws -> Response {
    guard let file = try await queue.file(id), file.name == name else { throw Refusal.noSuchFile }
    if file.access != .open {
      let owner = call.headers[.authorization] == nil ? nil : try? await keys.owner(of: call)
      guard owner == file.owner else {
        throw file.access == .hidden
          ? Refusal.noSuchFile : Refusal(.forbidden, "The file is not open to everybody")
      }
    }
    return try await FileAnswer(file: file, now: queue.now).response(call)
  }

  // MARK: Files in one piece

  private func upload(_ call: Call) async throws -> Response {
    let owner = try await uploads.owner(of: call)
    let incoming = IncomingFile(call: call, limit: StorageLimits.file)
    try incoming.checkLength()
    let label = try UploadLabel(call: call, owner: owner).sent()
    let draft = try await queue.newFile(label, limit: StorageLimits.file)
    return Self.made(try await incoming.receive(draft), call)
  }

  private func place(_ upload: Upload, _ call: Call) async throws -> Response {
    let incoming = IncomingFile(call: call, limit: StorageLimits.file)
    try incoming.checkLength()
    let draft = try await queue.draft(of: upload, limit: StorageLimits.file)
    return Self.made(try await incoming.receive(draft), call)
  }

  // MARK: Files in parts

  private func beginParts(_ call: Call) async throws -> Response {
    let owner = try await uploads.owner(of: call)
    let upload = try await queue.beginUpload(try UploadLabel(call: call, owner: owner).sent())
    let url = call.addresses[.media] + MediaPath.of(id: upload.id, name: upload.label.name)
    return Answer.json(bytes: UploadedFile(accessURL: url, uploadID: upload.id).json.bytes)
  }

  private func part(_ number: Int, of upload: Upload, _ call: Call) async throws -> Response {
    let incoming = IncomingFile(call: call, limit: StorageLimits.part)
    try incoming.checkLength()
    let draft = try await queue.partDraft(number, of: upload, limit: StorageLimits.part)
    let etag = try await incoming.receive(draft)
    return Answer.json(
      bytes: UploadPart(number: number, etag: etag).json.bytes, headers: [.eTag: "\"\(etag)\""])
  }

  private func complete(
    _ id: String, _ upload: Upload, _ call: Call
  ) async throws -> Response {
    let body = try await call.json(upTo: StorageLimits.message)
    do {
      let parts = try UploadPart.list(decoding: body)
      let file = try await queue.completeUpload(
        id, parts: parts.map { UploadedPart(number: $0.number, etag: $0.etag) },
        limit: StorageLimits.wholeOfParts)
      return Self.made(file, call)
    } catch let error as WireError {
      throw Refusal.invalid(error.description, at: ["body", "parts"])
    } catch let error as OperationError {
      throw Refusal(upload: error) ?? error
    }
  }

  // MARK: Who may send

  /// The upload `id`, whose key or token the call shows.
  private func owned(_ id: String, _ call: Call) async throws -> Upload {
    let owner = try await uploads.owner(of: call)
    guard let upload = try await queue.upload(id), upload.label.owner == owner else {
      throw Refusal.noSuchUpload
    }
    return upload
  }

  /// The upload `id`, whose secret stands in the call's query.
  private func announced(_ id: String, _ call: Call) async throws -> Upload {
    guard let token = call.query["token"], let upload = try await queue.upload(token: token),
      upload.id == id
    else { throw Refusal.noSuchUpload }
    return upload
  }

  private static func made(_ file: StoredFile, _ call: Call) -> Response {
    let url = call.addresses[.media] + MediaPath.of(file)
    return Answer.json(
      bytes: UploadedFile(accessURL: url).json.bytes, headers: [.eTag: FileAnswer.tag(of: file)])
  }
}

extension Refusal {
  /// The file is unknown, has expired or is hidden.
  static let noSuchFile = Refusal(.notFound, "File not found")
}
