import Glibc
import KeyreelCore
import KeyreelTesting
import ObjectStorage
import Storage
import SystemPackage
import Testing

@Suite("Servers that fall over, and servers that are no good")
struct ServerTroubleTests {
  @Test(
    "kill -9 of the server amid uploads loses nothing that was told as done",
    .enabled(if: ObjectServer.isWanted, SharedServer.absence))
  func killed() async throws {
    let server = try await ObjectServer()
    let space = S3Space(
      try S3Address("s3://clips/killed"),
      account: try S3Account(environment: server.environment) { _ in nil },
      settings: .init(
        pauses: [Duration](repeating: .milliseconds(500), count: 360), partSize: 5 << 20))
    let folder = try ScratchFolder()
    let films = (0..<8).map { [UInt8](repeating: UInt8($0), count: 24 << 20) }
    let told = Locked((numbers: Set<Int>(), films: Set<Int>()))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for number in (writer * 100)..<(writer * 100 + 60) {
            let isNew = try await OwnThread.run { _ in
              try space.create("small/\(number)", Array("number \(number)".utf8))
            }
            // A write whose answer was lost with the server is still known to be one's own.
            #expect(isNew, "object \(number) was written by nobody else")
            told.withLock { _ = $0.numbers.insert(number) }
          }
        }
      }
      group.addTask {
        for (number, film) in films.enumerated() {
          let isNew = try await OwnThread.run { [path = folder.path.appending("\(number)")] _ in
            try TestFile.write(film, to: path)
            return try space.upload(
              path, digest: Digest.of(film), byteCount: film.count, as: "film-\(number).mp4")
          }
          #expect(isNew, "film \(number) was written by nobody else")
          told.withLock { _ = $0.films.insert(number) }
        }
      }
      // Amid the parts of a film: some are there, and no whole film of that name.
      while try await !server.hasUnfinishedUpload() { try Task.checkCancellation() }
      try await server.kill()
      #expect(told.withLock { $0.films.count } < films.count, "it was killed amid uploads")
      try await server.start()
      try await group.waitForAll()
    }
    for number in told.withLock({ $0.numbers }) {
      #expect(try space.read("small/\(number)") == Array("number \(number)".utf8))
    }
    for (number, film) in films.enumerated() {
      let back = folder.path.appending("back-\(number)")
      #expect(try space.fetch("film-\(number).mp4", to: back) == Digest.of(film))
    }
  }

  @Test(
    "Refusals, lost answers and damaged bytes change none of a space's promises",
    arguments: SpaceConformance.laws)
  func passing(_ law: SpaceConformance.Law) async throws {
    try await TroubledServer.run("passing") { try await law.check(try $0.space()) }
  }

  @Test("A server that never recovers ends the request with its own words")
  func lasting() async throws {
    var errors: [OperationError] = []
    try await TroubledServer.run("passing") { server in
      let space = try server.space(pauses: 0)
      for number in 0..<26 {
        do { _ = try space.create("\(number)", [1]) } catch let error as OperationError {
          errors.append(error)
        }
      }
    }
    #expect(errors.allSatisfy { $0.code == .network && $0.isRetryable })
    let words = errors.map(\.message).joined(separator: "\n")
    #expect(words.contains("SlowDown") && words.contains("InternalError"), "\(words)")
    #expect(words.contains("s3://clips/"), "\(words)")
  }

  @Test("A machine whose clock is hours off goes by the server's")
  func clock() async throws {
    try await TroubledServer.run("clock") { server in
      for law in SpaceConformance.laws.prefix(2) { try await law.check(try server.space()) }
    }
  }

  @Test("A session's token is sent with every request, and signed")
  func sessionToken() async throws {
    try await TroubledServer.run("none") { server in
      let space = try server.space(token: "canary-session-token")
      #expect(try space.create("a", [1]) && space.read("a") == [1])
      let journal = try server.journal()
      #expect(journal.count == 2 && journal.allSatisfy { $0.contains("x-amz-security-token") })
    }
    let error = #expect(throws: OperationError.self) {
      try S3Space(
        try S3Address("s3://clips/x"),
        account: try S3Account(environment: [
          "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
          "AWS_SESSION_TOKEN": "two words", "AWS_ENDPOINT_URL": "https://127.0.0.1:1",
        ]) { _ in nil }
      ).probe()
    }
    #expect(error.map { !"\($0)".contains("two words") } == true)
  }

  @Test("Bytes that are not those of the digest are no clip, and are told as damage")
  func rotten() async throws {
    try await TroubledServer.run("rotten") { try expectDamage(in: try $0.space()) }
  }

  private func expectDamage(in space: S3Space) throws {
    let scratch = try ScratchFolder()
    let bytes = Array("a clip".utf8)
    try TestFile.write(bytes, to: scratch.path.appending("clip"))
    let digest = Digest.of(bytes)
    #expect(
      try space.upload(
        scratch.path.appending("clip"), digest: digest, byteCount: bytes.count, as: "clip.mp4"))
    #expect(try space.fetch("clip.mp4", to: scratch.path.appending("back")) != digest)
    let other = Digest.of([1])
    let error = #expect(throws: OperationError.self) {
      try space.upload(
        scratch.path.appending("clip"), digest: other, byteCount: bytes.count, as: "other.mp4")
    }
    #expect(error?.code == .corrupt, "what is not the file's digest is not sent")
    #expect(try space.read("other.mp4") == nil)
  }

  @Test("A server that ignores conditional writes is refused by name")
  func careless() async throws {
    try await TroubledServer.run("careless") { server in
      try await expectRefusal(of: try server.space(pauses: 0))
    }
  }

  @Test(
    "rclone serve s3 is refused by name",
    .enabled(if: RcloneServer.isInstalled, "rclone is missing"))
  func rclone() async throws {
    let server = try await RcloneServer()
    try await expectRefusal(
      of: S3Space(
        try S3Address("s3://clips/prefix"),
        account: try S3Account(environment: server.environment) { _ in nil },
        settings: .init(pauses: [])))
    withExtendedLifetime(server) {}
  }

  private func expectRefusal(of space: S3Space) async throws {
    let scratch = try ScratchFolder()
    let store = try SharedStore(in: space, cache: scratch.path.appending("cache"))
    let error = await #expect(throws: OperationError.self) {
      _ = try await store.claim(SamplePlans.recipe(1), waits: false)
    }
    #expect(error?.code == .unsupported)
    #expect(error?.message.contains("s3://clips/") == true, "\(String(describing: error))")
    #expect(error?.message.contains("ignores If-None-Match") == true)
    #expect(error?.remedy?.contains("rclone serve s3") == true)
    #expect(try space.names(under: "").allSatisfy { $0.hasPrefix("probe/") }, "no store was made")
  }
}

/// The real `rclone serve s3`, which takes conditional writes and does not heed the conditions.
final class RcloneServer: Sendable {
  private static let program: String? = {
    let own = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending(".venv/bin/rclone").string
    return [own, "/usr/bin/rclone", "/usr/local/bin/rclone"].first { access($0, X_OK) == 0 }
  }()

  static var isInstalled: Bool { program != nil }

  /// As long as keys are: it takes no shorter ones.
  private static let key = (id: "KEYREELTESTKEY000001", secret: "keyreel-test-secret-000001")

  private let scratch: ScratchFolder
  private let process: ChildProcess
  private let input: FileDescriptor
  private let port: Int

  var environment: [String: String] {
    [
      "AWS_ENDPOINT_URL": "http://127.0.0.1:\(port)", "AWS_ACCESS_KEY_ID": Self.key.id,
      "AWS_SECRET_ACCESS_KEY": Self.key.secret,
    ]
  }

  init() async throws {
    scratch = try ScratchFolder()
    port = try ObjectServer.freePorts(1)[0]
    try TestFile.makeFolders(scratch.path.appending("data/clips"))
    let ends = try FileDescriptor.pipe()
    for end in [ends.readEnd, ends.writeEnd] {
      guard fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) == 0 else { throw Errno(rawValue: errno) }
    }
    input = ends.writeEnd
    defer { try? ends.readEnd.close() }
    process = try ChildProcess(
      [
        "sh", "-c", ObjectServer.keeper, "sh", Self.program ?? "rclone", "serve", "s3", "--config",
        "\(scratch.path)/none", "--vfs-cache-mode", "full", "--cache-dir",
        "\(scratch.path)/cache", "--addr", "127.0.0.1:\(port)", "--auth-key",
        "\(Self.key.id),\(Self.key.secret)",
        "\(scratch.path)/data",
      ], in: scratch.path, input: ends.readEnd, limit: .seconds(3600))
    let space = S3Space(
      try S3Address("s3://clips/x"),
      account: try S3Account(environment: environment) { _ in nil }, settings: .init(pauses: []))
    while process.isRunning {
      do {
        _ = try await OwnThread.run { _ in try space.names(under: "") }
        return
      } catch let error as OperationError where error.isRetryable {
        // It does not listen yet.
        try await Task.sleep(for: .milliseconds(100))
      }
    }
    throw ChildProcess.Failure(description: "rclone ended:\n\(process.written.suffix(2000))")
  }

  deinit { try? input.close() }
}
