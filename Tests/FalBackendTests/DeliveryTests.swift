import FalProtocol
import KeyreelCore
import KeyreelTesting
import Testing

@testable import FalBackend

@Suite("Keyframes travel once")
struct DeliveryTests {
  let fal: FalLookalike

  init() throws { fal = try FalLookalike() }

  func settings(_ upload: FalSettings.Upload) throws -> FalSettings {
    var settings = try fal.settings()
    settings.upload = upload
    return settings
  }

  func addresses(_ prepared: PreparedOrder) throws -> [String] {
    let input = try JSONValue(parsing: Array(prepared.input.utf8))
    return ["image_url", "end_image_url"].compactMap { input[$0]?.stringValue }
  }

  @Test("Segments that share keyframes share uploads, also when all ask at once")
  func shared() async throws {
    let backend = try fal.backend(settings(.storage))
    let all = try await withThrowingTaskGroup(of: [String].self) { group in
      for number in 0..<24 {
        let order = FalLookalike.order(first: UInt8(number % 4), last: UInt8((number + 1) % 4))
        group.addTask { try addresses(try await backend.prepare(order)) }
      }
      return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
    }
    #expect(all.count == 4)
    #expect(try await fal.seen("upload").count == 4)
    #expect(try await fal.seen("token").count == 1)
    let upload = try #require(try await fal.seen("upload").first)
    #expect(upload.headers["content-type"] == "image/png")
    #expect(upload.headers["x-fal-object-lifecycle"] == #"{"expiration_duration_seconds":604800}"#)
    #expect(upload.body.contains("PNG"))
  }

  @Test("A later run uses uploads again while they are there, and makes those anew that are gone")
  func remembered() async throws {
    let memory = ShortMemory()
    let first = try await fal.backend(settings(.storage), uploads: memory)
      .prepare(FalLookalike.order())
    let again = try await fal.backend(settings(.storage), uploads: memory)
      .prepare(FalLookalike.order())
    #expect(first.input == again.input)
    #expect(try await fal.seen("upload").count == 2)
    #expect(try await fal.seen("kept").map(\.method) == ["HEAD", "HEAD"])
    #expect(try await fal.seen("kept").allSatisfy { $0.headers["authorization"] == nil })
    try await fal.script(["kept": [.said(404, "")]])
    let third = try await fal.backend(settings(.storage), uploads: memory)
      .prepare(FalLookalike.order())
    #expect(third.input != first.input)
    #expect(try await fal.seen("upload").count == 3)
    var other = try settings(.storage)
    other.key = Secret("another:account")
    _ = try await fal.backend(other, uploads: memory).prepare(FalLookalike.order())
    #expect(try await fal.seen("upload").count == 5, "accounts do not share uploads")
  }

  @Test("Small pictures travel inside the request, large ones through storage")
  func modes() async throws {
    let small = FalLookalike.order(side: 16), large = FalLookalike.order(side: 256)
    for (upload, order, isInline) in [
      (FalSettings.Upload.auto, small, true), (.auto, large, false), (.inline, large, true),
      (.storage, small, false),
    ] {
      let prepared = try await fal.backend(settings(upload)).prepare(order)
      #expect(try addresses(prepared).allSatisfy { $0.hasPrefix("data:") == isInline })
    }
    var bare = try settings(.auto)
    bare.addresses[.storage] = nil
    let prepared = try await fal.backend(bare).prepare(large)
    #expect(try addresses(prepared).allSatisfy { $0.hasPrefix("data:") })
    bare.upload = .storage
    let error = await #expect(throws: OperationError.self) {
      try await fal.backend(bare).prepare(large)
    }
    #expect(error?.remedy == "set FAL_STORAGE_HOST")
  }

  @Test("Uploads outlive a lost token and lost connections, and a refusal is not the key's")
  func trouble() async throws {
    try await fal.script([
      "token": [.reset, .said(503, "")],
      "upload": [.said(401, "{}"), .reset, .said(502, "<html>"), .said(200, "{garbage")],
    ])
    _ = try? await fal.backend(settings(.storage)).prepare(FalLookalike.order())
    _ = try await fal.backend(settings(.storage)).prepare(FalLookalike.order())
    try await fal.script(["upload": [.said(403, "no"), .said(403, "no")]])
    let refused = await #expect(throws: OperationError.self) {
      try await fal.backend(settings(.storage)).prepare(FalLookalike.order())
    }
    #expect(refused?.code == .permissionDenied && refused?.stopsAsking == false)
    try await fal.script(["token": [.said(403, #"{"detail":"User is locked"}"#)]])
    let locked = await #expect(throws: OperationError.self) {
      try await fal.backend(settings(.storage)).prepare(FalLookalike.order())
    }
    #expect(locked?.code == .accountLocked)
  }

  @Test(
    "An upload to a server that is not there is tried a few times, and then told with its reason")
  func dead() async throws {
    try await fal.script(["token": [FalLookalike.Reply](repeating: .reset, count: 50)])
    let settings = try settings(.storage)
    let error = await #expect(throws: OperationError.self) {
      try await fal.backend(settings).prepare(FalLookalike.order(side: 200))
    }
    let tries = settings.pace.uploadTries
    #expect(error?.message.hasPrefix("the upload of a keyframe: ") == true)
    #expect(error?.message.hasSuffix("; tried \(tries) times") == true)
    #expect(error?.isRetryable == false, "so that nobody above begins anew")
    // Both pictures of the clip are brought at once, with one token.
    #expect(try await (tries...2 * tries).contains(fal.seen("token").count))
  }

  @Test("An asker that is cancelled does not take the picture from the others")
  func cancelled() async throws {
    let backend = try fal.backend(settings(.storage))
    let order = FalLookalike.order(side: 200)
    for _ in 0..<5 {
      let quitter = Task { try await backend.prepare(order) }
      let other = Task { try await backend.prepare(order) }
      await Task.yield()
      quitter.cancel()
      #expect(try await addresses(other.value).count == 2)
      _ = await quitter.result
    }
  }
}
