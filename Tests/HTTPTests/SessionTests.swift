import Glibc
import HTTP
import KeyreelCore
import KeyreelTesting
import Synchronization
import SystemPackage
import Testing

@Suite("Hundreds of calls at once on one thread", .serialized)
struct SessionTests {
  let server: CountingServer

  init() throws { server = try CountingServer() }

  @Test("Every one of 400 calls gets its own answer", arguments: [true, false])
  func many(encrypted: Bool) async throws {
    let session = server.session(connections: 40)
    try await withThrowingTaskGroup(of: (Int, HTTPAnswer).self) { group in
      for number in 0..<400 {
        let url = server.url("/slow/\(number % 7)?n\(number)", encrypted: encrypted)
        group.addTask { (number, try await session.send(HTTPCall(.get, url))) }
      }
      for try await (number, answer) in group {
        #expect(String(decoding: answer.body, as: UTF8.self) == "n\(number)")
      }
    }
    #expect(try await server.count("").open <= 41)
  }

  @Test("Calls that wait for a connection do not run out of the time for connecting")
  func waiting() async throws {
    let session = server.session(connections: 1, connectTimeout: .milliseconds(400))
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        let url = server.url("/slow/100")
        group.addTask { try await session.send(HTTPCall(.get, url)).status }
      }
      for try await status in group { #expect(status == 200) }
    }
  }

  @Test("Cancelled calls end at once, whenever that happens")
  func cancellation() async throws {
    let session = server.session()
    let url = server.url("/hang")
    let interrupted = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<300 {
        group.addTask {
          let call = Task { try await session.send(HTTPCall(.get, url)) }
          for _ in 0..<number % 20 { await Task.yield() }
          call.cancel()
          do {
            _ = try await call.value
            return false
          } catch {
            return (error as? HTTPFailure)?.error.code == .interrupted
          }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(interrupted == 300)
    #expect(try await session.send(HTTPCall(.get, server.url("/echo"))).status == 200)
  }

  @Test("A stream is read as it comes, and ends when its reader has enough")
  func streams() async throws {
    let session = server.session()
    let text = Mutex("")
    let answer = try await session.stream(HTTPCall(.get, server.url("/events"))) { piece in
      text.withLock {
        $0 += String(decoding: piece, as: UTF8.self)
        return !$0.contains("data: 20\n\n")
      }
    }
    #expect(answer.status == 200)
    #expect(text.withLock { $0.hasPrefix("data: 0\n\ndata: 1\n\n") })
    #expect(try await session.send(HTTPCall(.get, server.url("/echo"))).status == 200)
    let refused = try await session.stream(HTTPCall(.get, server.url("/refuse/404/3/6"))) { _ in
      Issue.record("words of a failure are no stream")
      return false
    }
    #expect(String(decoding: refused.body, as: UTF8.self) == "nonono")
  }

  @Test("A connection whose stream has ended serves the next call; one that goes on is closed")
  func streamsAreReused() async throws {
    let session = server.session()
    for _ in 0..<20 {
      _ = try await session.stream(HTTPCall(.get, server.url("/ended"))) { _ in false }
      // Reads the end of the stream, too.
      _ = try await session.send(HTTPCall(.get, server.url("/slow/30")))
    }
    // Two of this session's, and the one that asks.
    #expect(try await server.count("").open <= 3)
    for _ in 0..<20 {
      _ = try await session.stream(HTTPCall(.get, server.url("/events"))) { _ in false }
    }
    while try await server.count("").open > 4 { await Task.yield() }
  }

  @Test("Heads without end are given up")
  func endlessHead() async throws {
    let failure = await #expect(throws: HTTPFailure.self) {
      try await server.session().send(HTTPCall(.get, server.url("/heads")))
    }
    #expect(failure?.error.code == .tooLarge || failure?.error.code == .network)
  }

  @Test("A session leaves no thread and no open file behind")
  func leaks() async throws {
    // In a process of its own: other tests have threads and files, too.
    await #expect(processExitsWith: .success) {
      func names(_ folder: String) -> Int { TestFile.names(in: FilePath(folder)).count }
      let server = try CountingServer()
      try await SessionTests.useSessions(3, of: server)
      let (threads, files) = (names("/proc/self/task"), names("/proc/self/fd"))
      try await SessionTests.useSessions(60, of: server)
      // Their threads end on their own.
      for _ in 0..<2000 where names("/proc/self/task") > threads + 8 {
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(names("/proc/self/task") <= threads + 8)
      #expect(names("/proc/self/fd") <= files + 8)
    }
  }

  private static func useSessions(_ count: Int, of server: CountingServer) async throws {
    for _ in 0..<count {
      let session = server.session()
      let hanging = Task { [server] in try await session.send(HTTPCall(.get, server.url("/hang"))) }
      #expect(try await session.send(HTTPCall(.get, server.url("/echo"))).status == 200)
      hanging.cancel()
      _ = await hanging.result
    }
  }

  @Test("A thousand calls that wait take little memory")
  func idle() async throws {
    // In a process of its own: other tests take memory, too.
    await #expect(processExitsWith: .success) { try await SessionTests.thousandWait() }
  }

  private static func thousandWait() async throws {
    let server = try CountingServer()
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(4096, limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let session = server.session(connections: 1100)
    _ = try await session.send(HTTPCall(.get, server.url("/echo")))
    let before = try residentBytes()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<1000 {
        let url = server.url("/hang")
        group.addTask { _ = try? await session.send(HTTPCall(.get, url)) }
      }
      while try await server.count("").open < 1000 {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try residentBytes() - before < 96 << 20)
      group.cancelAll()
    }
  }

  private static func residentBytes() throws -> Int {
    let text = String(decoding: try TestFile.read("/proc/self/statm"), as: UTF8.self)
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
  }
}

@Suite("Answers into files are whole, on the disk and new, or not there")
struct DestinationTests {
  let server: CountingServer
  let folder: ScratchFolder

  init() throws {
    server = try CountingServer()
    folder = try ScratchFolder()
  }

  func call(_ path: String, limit: Int = 1 << 20) -> HTTPCall {
    HTTPCall(
      .get, server.url(path), destination: folder.path.appending("clip"), maximumBytes: limit,
      timeout: .seconds(20), stallTimeout: .seconds(1))
  }

  @Test("A whole answer is kept with its digest", arguments: [0, 1, 700_000])
  func whole(count: Int) async throws {
    let answer = try await server.session().send(call("/bytes/\(count)"))
    #expect(answer.byteCount == count && answer.body.isEmpty)
    let bytes = try TestFile.read(folder.path.appending("clip"))
    #expect(bytes == [UInt8](repeating: 0, count: count))
    #expect(answer.digest == Digest.of(bytes))
  }

  @Test(
    "Of anything else nothing is left",
    arguments: [("/short", nil), ("/bytes/1001", 1000), ("/stall", nil), ("/refuse/404/2/4", nil)]
      as [(String, Int?)])
  func broken(path: String, limit: Int?) async throws {
    let session = server.session()
    do {
      let answer = try await session.send(call(path, limit: limit ?? 1 << 20))
      #expect(answer.status == 404)
    } catch let failure as HTTPFailure {
      #expect(failure.error.code == (limit == nil ? .network : .tooLarge))
    }
    #expect(TestFile.names(in: folder.path) == [])
  }

  @Test("A file that is there already is never written over")
  func existing() async throws {
    try TestFile.write("mine", to: folder.path.appending("clip"))
    let failure = await #expect(throws: HTTPFailure.self) {
      try await server.session().send(call("/bytes/10"))
    }
    #expect(failure?.mayHaveArrived == false)
    #expect(try TestFile.read(folder.path.appending("clip")) == Array("mine".utf8))
  }

  @Test("A cancelled download leaves nothing")
  func cancelled() async throws {
    let session = server.session()
    var hanging = call("/hang")
    // It must not end by itself before it is cancelled, however busy the machine is.
    hanging.timeout = .seconds(600)
    hanging.stallTimeout = .seconds(600)
    let download = hanging
    let task = Task { try await session.send(download) }
    while TestFile.names(in: folder.path).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    _ = await task.result
    #expect(TestFile.names(in: folder.path) == [])
  }
}
