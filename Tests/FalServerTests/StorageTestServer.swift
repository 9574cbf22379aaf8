import FalQueue
import FalServer
import FoundationEssentials
import Glibc
import HTTP
import KeyreelCore
import KeyreelTesting
import Logging
import Synchronization
import SystemPackage
import Testing

/// A real server on a free port of this machine, with a data folder and a clock of its own.
struct StorageTestServer: Sendable {
  let queue: JobQueue
  let folder: FilePath
  let port: Int
  let clock: TestClock
  let workshop: CopyingWorkshop
  /// `id:secret`, a valid key.
  let key: String
  /// Another valid key.
  let otherKey: String

  static let model = "fal-ai/framepack/flf2v"

  /// Runs `body` against a new server in `folder`; the server is stopped and its queue closed behind it.
  static func run(
    in folder: FilePath? = nil, pictures: HTTPClient.Settings = HTTPClient.Settings(),
    _ body: @escaping @Sendable (StorageTestServer) async throws -> Void
  ) async throws {
    let scratch = try ScratchFolder()
    let folder = folder ?? scratch.path.appending("data")
    let clock = TestClock()
    let queue = try await JobQueue.open(folder, settings: QueueSettings(now: { clock.now }))
    let keys = try await [queue.createKey(named: "one"), queue.createKey(named: "two")]
      .map { "\($0.key.id):\($0.secret)" }
    let workshop = CopyingWorkshop()
    var settings = FalServer.Settings(
      listener: ListenerSettings(address: "127.0.0.1", port: 0), models: try profiles(),
      concurrency: 2, pictures: pictures)
    settings.grace = .seconds(1)
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    logger.logLevel = .critical
    let server = FalServer(settings, queue: queue, workshop: workshop, logger: logger)
    let (bases, tell) = AsyncStream<String>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { tell.finish() }
        try await server.run { base, _ in
          tell.yield(base)
        } forced: { signal in
          exit(128 + signal)
        }
      }
      guard let base = await bases.first(where: { _ in true }),
        let port = base.split(separator: ":").last.flatMap({ Int($0) })
      else {
        try await group.waitForAll()
        throw WireFailure("the server did not start")
      }
      let running = StorageTestServer(
        queue: queue, folder: folder, port: port, clock: clock, workshop: workshop,
        key: keys[0], otherKey: keys[1])
      let result: Result<Void, any Error>
      do { result = .success(try await body(running)) } catch { result = .failure(error) }
      group.cancelAll()
      while let ended = await group.nextResult() {
        if case .failure(let error) = ended, !(error is CancellationError) { throw error }
      }
      try result.get()
    }
    try await queue.close()
    withExtendedLifetime(scratch) {}
  }

  private static func profiles() throws -> [ModelProfile] {
    let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("schemas").appending("models")
    return try ["fal-ai--framepack--flf2v.json", "fal-ai--wan-flf2v.json"].map { name in
      try JSONDecoder().decode(
        ModelProfile.self, from: Data(try TestFile.read(folder.appending(name))))
    }
  }

  /// The address of `path` on this server.
  func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  /// Names of all files that are kept or being written, without the database.
  func filesOnDisk() -> [String] {
    let files = folder.appending("files")
    let parts = folder.appending("parts")
    return TestFile.names(in: folder.appending("drafts"))
      + [files, parts].flatMap { parent in
        TestFile.names(in: parent).flatMap { TestFile.names(in: parent.appending($0)) }
      }
  }
}

/// A clock that stands still unless it is moved.
final class TestClock: Sendable {
  private let time = Mutex(Timestamp(milliseconds: 1_790_000_000_000))

  var now: Timestamp { time.withLock { $0 } }

  func advance(by length: Duration) { time.withLock { $0 = $0 + length } }
}

/// Makes clips that are the bytes of both pictures, and remembers them.
final class CopyingWorkshop: Workshop {
  private let seen = Mutex<[[UInt8]]>([])

  /// The pictures of all orders.
  var pictures: [[UInt8]] { seen.withLock { $0 } }

  func make(
    _ order: ClipOrder, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> ClipInspection {
    let (first, last) = (try TestFile.read(order.first), try TestFile.read(order.last))
    seen.withLock { $0 += [first, last] }
    try TestFile.write(first + last, to: file)
    var frames = 240
    if case .integer(let asked)? = order.request["num_frames"] { frames = asked }
    guard let rate = FrameRate(30) as FrameRate? else { throw WireFailure("no rate") }
    return ClipInspection(
      frames: frames, size: PixelSize(width: 832, height: 480), frameRate: rate)
  }
}
