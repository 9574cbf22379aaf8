import Foundation
import Glibc
import KeyreelTesting
import Testing

@Suite("A store that several share")
struct SharedStoreTests {
  @Test("Of two runs on one store one is killed, and the other collects what it had bought")
  func killedOwner() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: work, delay: {uniform: [50ms, 400ms]}}]\n",
      arguments: ["--concurrency", "4"])
    let segments = 8
    let projects = try (1...2).map { _ in try PaidProject(server, segments: segments) }
    let store = try TemporaryProject()
    let shared = store.folder.appendingPathComponent("store").path
    let journal = store.folder.appendingPathComponent("journal")
    let variables = try KillSwitch.variables(at: "ticket-after", count: 3, journal: journal)
    func start(_ index: Int, _ words: [String], _ variables: [String: String]) throws
      -> ChildProcess
    {
      try KeyreelProcess.start(
        ["run", "film.yaml", "--yes", "--store", shared] + words,
        in: projects[index].project.folder,
        environment: projects[index].environment.merging(variables) { $1 })
    }
    let victim = try start(0, ["--concurrency", "1"], variables)
    let heir = try start(1, ["--concurrency", "2"], [:])
    // The heir may be the quicker one, and leave nothing to die of.
    let death = try await victim.outcome()
    #expect([128 + SIGKILL, 0].contains(death.status), "\(death)")
    let outcome = try await heir.outcome()
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try server.requests().count == segments)
    let again = try await start(0, [], [:]).outcome()
    #expect(again.status == 0, "\(again)")
    #expect(try server.requests().count == segments)
    let films = try projects.map { try $0.project.read("films/film.mp4") }
    #expect(films[0] == films[1])
    try await projects[0].project.storeIsSound(shared)
  }

  @Test("A hostile ticket leads nobody anywhere, and the key nowhere")
  func hostileTickets() async throws {
    let canary = try Canary()
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: result, nth: [1], answer: 403}]\n")
    let paid = try PaidProject(server, segments: 1)
    let first = try await paid.keyreel("run", "film.yaml", "--yes")
    #expect(first.status == 1, "\(first)")
    let name = try #require(
      try paid.project.contents(of: ".keyreel/claims").keys.first { $0.hasSuffix("ticket-1.json") })
    let file = ".keyreel/claims/\(name)"
    let honest = try JSONSerialization.jsonObject(with: paid.project.read(file)) as? [String: Any]
    let host = "127.0.0.1:\(canary.port)"
    let lies: [[String: Any]] = [
      ["id": "x@\(host)/y"], ["id": "../../../\(host)"], ["id": "http://\(host)/"],
      ["id": "?next=http://\(host)"], ["id": "a\r\nHost: \(host)"], ["endpoint": "\(host)/x"],
      ["endpoint": "http://\(host)/x"], ["endpoint": "@\(host)/x"], ["endpoint": "../@\(host)/x"],
      ["backend": "fal@\(host)"], ["backend": ["kind": "fal", "origin": host]],
      ["status_url": "http://\(host)/", "response_url": "http://\(host)/"],
    ]
    for lie in lies {
      var record = try #require(honest)
      let ticket = try #require(record["ticket"] as? [String: Any])
      record["ticket"] = ticket.merging(lie) { $1 }
      let path = paid.project.folder.appendingPathComponent(file)
      try FileManager.default.removeItem(at: path)
      try paid.project.write(JSONSerialization.data(withJSONObject: record), to: file)
      let run = try await paid.keyreel("run", "film.yaml", "--yes", "--no-wait")
      #expect(lie["status_url"] != nil || [1, 5].contains(run.status), "\(lie): \(run)")
      _ = try await paid.keyreel("reconcile", "film.yaml")
      _ = try await paid.keyreel("costs", "--reconcile")
      #expect(!canary.wasVisited, "\(lie)")
    }
    #expect(try server.requests().count == 1, "no lie buys anything")
  }
}

/// A port that nobody has any business at.
private final class Canary {
  let port: UInt16
  private let socket: Int32

  init() throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    self.socket = socket
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutableBytes(of: &address) { bytes in
      let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
      guard let pointer, bind(socket, pointer, size) == 0, listen(socket, 8) == 0 else { return -1 }
      return Int(getsockname(socket, pointer, &size))
    }
    guard result == 0 else { throw ProgramFailure(description: "no port for the canary") }
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(socket) }

  /// Whether anybody has connected since the last look.
  var wasVisited: Bool {
    let visitor = accept(socket, nil, nil)
    if visitor >= 0 { close(visitor) }
    return visitor >= 0
  }
}
