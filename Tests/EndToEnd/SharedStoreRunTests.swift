import Foundation
import Glibc
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Runners with empty disks share a store", .serialized)
struct SharedStoreRunTests {
  @Test(
    "The first runner is killed with paid jobs in flight, the second collects them all",
    arguments: SharedGround.kinds)
  func twoRunners(_ kind: SharedGround.Kind) async throws {
    // Nothing is finished before the first runner is dead.
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: status, count: 4, delay: 60s}]\n")
    let ground = try await SharedGround(kind)
    let variables = server.environment.merging(["CI": "true", "KEYREEL_LEASE": "6"]) { $1 }
    func machine() throws -> Machine {
      Machine(try PaidProject(server, segments: 4).project, ground, variables)
    }
    let (first, observer) = (try machine(), Machine(try TemporaryProject(), ground, variables))
    let run = try first.start("run", "film.yaml", "--yes", "--events", "run.jsonl")
    while run.isRunning {
      let list = try await observer.keyreel("store", "ls")
      if list.output.components(separatedBy: "ticketed").count == 5 { break }
    }
    run.send(SIGKILL)
    let killed = try await run.outcome()
    try #require(killed.status == 128 + SIGKILL, "\(killed)")
    #expect(try server.requests().count == 4)

    let second = try machine()
    let planned = try await second.expect(0, "plan", "film.yaml")
    #expect(planned.contains("bought, to be collected"), "\(planned)")
    let collected = try await second.keyreel("run", "film.yaml")
    #expect(collected.status == 0, "nobody has to be asked, all is bought: \(collected)")
    #expect(try server.requests().count == 4)
    #expect(try server.billed() == 4 * MoneyTests.expected)
    let film = second.project.folder.appendingPathComponent("films/film.mp4")
    #expect(try FilmProbe(film).frames == 17)
    let costs = try await observer.expect(0, "costs")
    #expect(costs.contains("$0.0222"), "\(costs)")
    try expectNoSecrets(
      in: [first.project, second.project, observer.project],
      nor: [planned, costs, "\(killed)", "\(collected)"])
  }

  /// Neither the store's secret nor the provider's key is in any file or any text.
  private func expectNoSecrets(in folders: [TemporaryProject], nor texts: [String]) throws {
    for secret in [ObjectServer.secret, ObjectServer.guestSecret, RehearsalServer.key] {
      for folder in folders {
        for (name, bytes) in try folder.contents() {
          let isTold = bytes.range(of: Data(secret.utf8)) != nil
          #expect(!isTold, "a secret is in \(name)")
        }
      }
      #expect(texts.allSatisfy { !$0.contains(secret) })
    }
  }

  @Test(
    "Runners at the same time buy each clip once, whatever their clocks say",
    arguments: SharedGround.kinds)
  func together(_ kind: SharedGround.Kind) async throws {
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: work, delay: {uniform: [50ms, 400ms]}}]\n")
    let ground = try await SharedGround(kind)
    let segments = 8
    let machines = try [0, 5 * 3600, -7 * 3600].map { lead in
      let clock = lead == 0 ? [:] : try SkewedClock.variables(seconds: lead)
      return Machine(
        try PaidProject(server, segments: segments).project, ground,
        server.environment.merging(clock) { $1 })
    }
    let runs = try machines.map {
      try $0.start("run", "film.yaml", "--yes", "--concurrency", "3", "--events", "run.jsonl")
    }
    for run in runs {
      let outcome = try await run.outcome()
      #expect(outcome.status == 0, "\(outcome)")
    }
    #expect(try server.requests().count == segments)
    #expect(try server.billed() == segments * MoneyTests.expected)
    let films = try machines.map { try $0.project.read("films/film.mp4") }
    #expect(Set(films).count == 1)
    let made = try machines.flatMap { try RunEvents($0.project.read("run.jsonl")).committed }
    #expect(made.count == segments && Set(made).count == segments, "\(made.sorted())")
    let problems = try await machines[0].expect(0, "store", "verify")
    #expect(problems == "\(segments) clips are sound\n")
  }

  @Test(
    "Shards on machines of their own make each clip once, and a last one joins them",
    arguments: SharedGround.kinds)
  func shards(_ kind: SharedGround.Kind) async throws {
    let whole = try CrashTests.project()
    try await whole.make()
    let film = try whole.read("films/film.mp4")
    let ground = try await SharedGround(kind)
    let machines = try (0..<3).map { _ in Machine(try CrashTests.project(), ground) }
    let plan = try await machines[0].keyreel("plan", "film.yaml", "--shards", "2", "--matrix")
    #expect(
      plan.output
        == #"{"include":[{"shard":"1/2","clips":6,"frames":48,"cost":"0.00"},"#
        + #"{"shard":"2/2","clips":6,"frames":48,"cost":"0.00"}]}"# + "\n")
    let early = try await machines[2].keyreel("run", "film.yaml", "--stitch-only")
    #expect(early.status == 1 && early.errors.contains("is not in the store"), "\(early)")
    let runs = try ["1/2", "2/2"].enumerated().map { number, shard in
      try machines[number].start(
        "run", "film.yaml", "--shard", shard, "--events", "run.jsonl")
    }
    for run in runs {
      let outcome = try await run.outcome()
      #expect(outcome.status == 0, "\(outcome)")
    }
    let made = try machines[..<2].map { try RunEvents($0.project.read("run.jsonl")).committed }
    #expect(made.map(\.count) == [6, 6] && Set(made.joined()).count == 12, "\(made)")
    #expect(machines[..<2].allSatisfy { !$0.project.has("films/film.mp4") })
    try await machines[2].expect(0, "run", "film.yaml", "--stitch-only", "--events", "run.jsonl")
    #expect(try RunEvents(machines[2].project.read("run.jsonl")).committed == [])
    #expect(try machines[2].project.read("films/film.mp4") == film)
    let nothing = try await machines[2].keyreel("plan", "film.yaml", "--shards", "2", "--matrix")
    #expect(nothing.output == "{\"include\":[]}\n")
  }
}

/// A library that sets a program's clock forward or back (`Tests/skewedclock.c`).
enum SkewedClock {
  private static let library = Result { () throws -> (TemporaryProject, URL) in
    let folder = try TemporaryProject()
    let source = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("skewedclock.c")
    let file = folder.folder.appendingPathComponent("skewedclock.so")
    try ChildProcess.run([
      "/usr/bin/env", "clang", "-shared", "-fPIC", "-O1", "-o", file.path, source.path,
    ])
    return (folder, file)
  }

  /// What sets a program's clock so many seconds forward.
  static func variables(seconds: Int) throws -> [String: String] {
    ["LD_PRELOAD": try library.get().1.path, "CLOCK_LEAD": "\(seconds)"]
  }
}
