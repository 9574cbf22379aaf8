import FalProtocol
import HTTP
import KeyreelCore
import KeyreelTesting
import ModelCatalog
import SystemPackage
import Testing

@testable import FalBackend

@Suite("Keys and addresses, as the official clients have them")
struct SettingsTests {
  func settings(_ variables: [String: String]) throws -> FalSettings {
    try FalSettings(variables: variables)
  }

  @Test("A key that no account has is refused without showing it")
  func keys() throws {
    for key in ["", "id:hid\r\nden", "kéy", "a b"] {
      let error = #expect(throws: OperationError.self) { try settings(["FAL_KEY": key]) }
      #expect(error?.code == .badKey && error?.remedy?.contains("FAL_KEY") == true)
      #expect(error?.description.contains("hid") == false)
    }
  }

  @Test("fal itself is the default; another queue does not share fal's other services")
  func hosts() throws {
    let key = ["FAL_KEY": "a:b"]
    let fal = try settings(key)
    #expect(fal.origin == "queue.fal.run" && fal.addresses == FalSettings.falAddresses)
    #expect(fal.session.reach == .publicInternet && !fal.session.allowsPlainHTTP)
    let same = try settings(key.merging(["FAL_QUEUE_RUN_HOST": "QUEUE.fal.run:443/"]) { $1 })
    #expect(same.origin == "queue.fal.run" && same.addresses == fal.addresses)
    let derived = try settings(key.merging(["FAL_RUN_HOST": "example.org"]) { $1 })
    #expect(derived.origin == "queue.example.org")
    #expect(derived.addresses[.storage] == nil && derived.addresses[.platform] == nil)
    let own = try settings(
      key.merging([
        "FAL_QUEUE_RUN_HOST": "127.0.0.1:8443/queue", "FAL_STORAGE_HOST": "127.0.0.1:8443/storage",
        "FAL_PLATFORM_HOST": "127.0.0.1:8443/platform",
      ]) { $1 })
    #expect(own.origin == "127.0.0.1:8443/queue")
    #expect(own.addresses[.platform] == "https://127.0.0.1:8443/platform")
    #expect(own.session.reach == .loopback)
    #expect(BackendIdentity(kind: "fal", origin: own.origin).isPaid == false)
  }

  @Test("Unencrypted addresses are for this machine alone, and strange ones for nobody")
  func addresses() throws {
    for host in ["http://127.0.0.1:80/queue", "http://localhost:9", "http://[::1]:9"] {
      #expect(try settings(["FAL_KEY": "a:b", "FAL_QUEUE_RUN_HOST": host]).session.allowsPlainHTTP)
    }
    for host in [
      "http://fal.example.org", "http://127.0.0.1.evil.org", "host:0", "host:65536",
      "user@evil.org", "a b", "host/../x",
      "host?x", "host#x", "ftp://host", "https://", ":443", "ho\\st", "host/a%2e",
      "http://127.1.evil",
    ] {
      #expect(throws: OperationError.self, "\(host)") {
        try settings(["FAL_KEY": "a:b", "FAL_QUEUE_RUN_HOST": host])
      }
    }
  }

  @Test("Accounts are told apart without showing the key")
  func fingerprints() {
    #expect(Secret("a:1").fingerprint == Secret("a:2").fingerprint)
    #expect(Secret("a:1").fingerprint != Secret("b:1").fingerprint)
    #expect(Secret("a:1").fingerprint.count == 12)
  }
}

@Suite("One budget for all polls")
struct PaceTests {
  func pace() -> PollPace {
    var pace = FalPace()
    pace.pollsPerSecond = 64
    pace.eventStreams = 2
    return PollPace(pace)
  }

  @Test("Refusals of one moment halve the rate once, and answers bring it back")
  func rate() async {
    let pace = pace()
    for _ in 0..<50 { await pace.slowDown(for: nil) }
    #expect(await pace.rate == 32)
    for _ in 0..<50 { await pace.quicken() }
    #expect(await pace.rate == 64)
  }

  @Test("Streams are few, come back, and are given up where they tell nothing")
  func streams() async {
    let pace = pace()
    #expect(await pace.takeStream())
    #expect(await pace.takeStream())
    #expect(await pace.takeStream() == false)
    await pace.giveStreamBack(wasOfUse: false)
    await pace.giveStreamBack(wasOfUse: false)
    #expect(await pace.takeStream())
    await pace.giveStreamBack(wasOfUse: true)
    for _ in 0..<3 {
      #expect(await pace.takeStream())
      await pace.giveStreamBack(wasOfUse: false)
    }
    #expect(await pace.takeStream() == false)
  }

  @Test("Hundreds of requests share the polls, and all end")
  func many() async throws {
    let fal = try FalLookalike()
    var settings = try fal.settings()
    settings.pace.eventStreams = 8
    let backend = try fal.backend(settings)
    let folder = try ScratchFolder()
    let ticket = try fal.ticket()
    let made = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<200 {
        let file = folder.path.appending("\(number)")
        group.addTask { try await backend.collect(ticket, into: file) { _ in }.seed ?? 0 }
      }
      return try await group.reduce(0) { $0 + ($1 == 42 ? 1 : 0) }
    }
    #expect(made == 200)
    #expect(
      try await fal.seen().filter { $0.route == "status" || $0.route == "stream" }.count == 200)
  }

  @Test("Streams that last for hours leave connections to submissions")
  func starvation() async throws {
    let fal = try FalLookalike()
    var settings = try fal.settings()
    settings.pace.eventStreams = 4
    var connections = settings.session
    connections.connectionsPerHost = 6
    let backend = FalBackend(
      settings, profiles: try ModelCatalog.builtIn().profiles, uploads: NoMemory(),
      session: HTTPSession(connections))
    let folder = try ScratchFolder()
    let ticket = try fal.ticket()
    try await fal.script(["stream": [FalLookalike.Reply](repeating: .hang, count: 4)])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<4 {
        let file = folder.path.appending("slow\(number)")
        group.addTask { _ = try? await backend.collect(ticket, into: file) { _ in } }
      }
      while try await fal.seen("stream").count < 4 { await Task.yield() }
      let prepared = try await backend.prepare(FalLookalike.order())
      for number in 0..<20 {
        let quick = try await backend.submit(prepared)
        _ = try await backend.collect(quick, into: folder.path.appending("\(number)")) { _ in }
      }
      group.cancelAll()
    }
    #expect(try await fal.seen("submit").count == 20)
    #expect(TestFile.names(in: folder.path).count == 20)
  }
}
