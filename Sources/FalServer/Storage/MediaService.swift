internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import SystemPackage

/// `v3.fal.media`: files by their unguessable names, without a key.
struct MediaService: ServiceHandler {
  let queue: JobQueue

  func answer(_ call: Call) async throws -> Response {
    try call.require(method: "GET")
    guard let id = MediaPath.fileID(call.path), let file = try await queue.file(id) else {
      throw Refusal(.notFound, "File not found")
    }
    let body = try await FileIO().loadFile(path: file.path.string, context: call.context)
    return Response(status: .ok, headers: [.contentType: file.contentType], body: body)
  }
}
