import FalProtocol
import KeyreelCore
import KeyreelTesting
import ModelCatalog
import SystemPackage
import Testing

@testable import FalBackend

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A `keyreel-serve` in a process of its own, whose program `KEYREEL_SERVE` names.
private struct RealServer: Sendable {
  static let program = getenv("KEYREEL_SERVE").map { String(cString: $0) }

  let scratch: ScratchFolder
  let process: ChildProcess
  let environment: [String: String]

  init() async throws {
    scratch = try ScratchFolder()
    let ready = scratch.path.appending("ready.json")
    process = try ChildProcess(
      [
        Self.program ?? "keyreel-serve", "--port", "0", "--data",
        scratch.path.appending("data").string, "--ready-file", ready.string, "--backend", "instant",
      ], environment: ["FAL_KEY": nil])
    while !TestFile.exists(ready), process.isRunning {
      try await Task.sleep(for: .milliseconds(50))
    }
    let told = try JSONValue(parsing: try TestFile.read(ready))
    environment = Dictionary(
      (told["env"]?.objectValue?.members ?? []).map { ($0.key, $0.value.stringValue ?? "") },
      uniquingKeysWith: { $1 })
  }
}

@Suite("Against keyreel-serve over real sockets", .enabled(if: RealServer.program != nil))
struct RealServerTests {
  @Test("Sixty clips are asked for, made and fetched")
  func rehearsal() async throws {
    let server = try await RealServer()
    var settings = try FalSettings(variables: server.environment)
    settings.upload = .inline
    settings.tag([("project", "lake")])
    let backend = FalBackend(
      settings, profiles: try ModelCatalog.builtIn().profiles, uploads: ShortMemory())
    let folder = server.scratch.path
    let made = try await withThrowingTaskGroup(of: Ticket.self) { group in
      for number in 0..<60 {
        group.addTask {
          let order = FalLookalike.order(
            prompt: "number \(number) – ü", first: UInt8(number % 5), last: UInt8(number % 5 + 1),
            side: 64)
          let ticket = try await backend.submit(try await backend.prepare(order))
          let file = folder.appending("\(number).mp4")
          _ = try await backend.collect(ticket, into: file) { _ in }
          #expect(try TestFile.read(file).count > 100)
          return ticket
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1.id) }
    }
    #expect(made.count == 60)
  }

  @Test("A wrong key and a wrong input are told in the server's words")
  func refused() async throws {
    let server = try await RealServer()
    let settings = try FalSettings(variables: server.environment)
    var wrong = settings
    wrong.key = Secret("0123456789:wrong-secret")
    let profiles = try ModelCatalog.builtIn().profiles
    let stranger = FalBackend(wrong, profiles: profiles, uploads: NoMemory())
    let prepared = try await stranger.prepare(FalLookalike.order())
    let refused = await #expect(throws: SubmissionFailure.self) {
      try await stranger.submit(prepared)
    }
    #expect(refused?.error.code == .badKey && refused?.outcome == .notAccepted)
    var bad = prepared
    bad.input = #"{"prompt":"x","num_frames":3}"#
    let backend = FalBackend(settings, profiles: profiles, uploads: NoMemory())
    // The queue takes any input; what is wrong with it is the result's to say.
    let ticket = try await backend.submit(bad)
    let invalid = await #expect(throws: OperationError.self) {
      try await backend.collect(ticket, into: server.scratch.path.appending("x")) { _ in }
    }
    #expect(invalid?.code == .generationFailed)
    #expect(invalid?.message.contains("body.image_url") == true)
    #expect(invalid?.message.contains("body.num_frames") == true)
  }
}
