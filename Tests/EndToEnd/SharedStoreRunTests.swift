import Foundation
import Glibc
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Runners with empty disks share a store", .serialized)
struct SharedStoreRunTests {
  @Test("The first runner is killed with paid jobs in flight, the second collects them all")
  func twoRunners() async throws {
    // Nothing is finished before the first runner is dead.
    let server = try await RehearsalServer(
      faults: "seed: 7\nfaults: [{at: status, count: 4, delay: 60s}]\n")
    let bucket = try await ObjectServer()
    let variables = bucket.environment.merging(
      ["CI": "true", "KEYREEL_STORE": "s3://clips/film", "KEYREEL_LEASE": "6"]) { $1 }
    let first = try PaidProject(server, segments: 4)
    let all = server.environment.merging(variables) { $1 }
    let run = try KeyreelProcess.start(
      ["run", "film.yaml", "--yes", "--events", "run.jsonl"], in: first.project.folder,
      environment: all)
    let observer = try TemporaryProject()
    while run.isRunning {
      let list = try await KeyreelProcess.run(
        ["store", "ls"], in: observer.folder, environment: all)
      if list.output.components(separatedBy: "ticketed").count == 5 { break }
    }
    run.send(SIGKILL)
    let killed = try await run.outcome()
    try #require(killed.status == 128 + SIGKILL, "\(killed)")
    #expect(try server.requests().count == 4)

    let second = try PaidProject(server, segments: 4)
    let planned = try await second.keyreel("plan", "film.yaml", with: variables)
    #expect(planned.output.contains("bought, to be collected"), "\(planned)")
    let collected = try await second.keyreel("run", "film.yaml", with: variables)
    #expect(collected.status == 0, "nobody has to be asked, all is bought: \(collected)")
    #expect(try server.requests().count == 4)
    #expect(try server.billed() == 4 * MoneyTests.expected)
    let film = second.project.folder.appendingPathComponent("films/film.mp4")
    #expect(try FilmProbe(film).frames == 17)
    let costs = try await KeyreelProcess.run(
      ["costs"], in: observer.folder, environment: all)
    #expect(costs.output.contains("$0.0222"), "\(costs)")
    for folder in [first.project, second.project, observer] {
      for (name, bytes) in try folder.contents() {
        let isTold = bytes.range(of: Data(ObjectServer.secret.utf8)) != nil
        #expect(!isTold, "the secret is in \(name)")
      }
    }
    for outcome in [killed, planned, collected, costs] {
      #expect(!"\(outcome)".contains(ObjectServer.secret))
    }
  }

  @Test("Shards on machines of their own make each clip once, and a last one joins them")
  func shards() async throws {
    let whole = try CrashTests.project()
    try await whole.make()
    let film = try whole.read("films/film.mp4")
    let shared = try TemporaryProject()
    let store = "shared:\(shared.folder.path)/clips"
    let machines = try (0..<4).map { _ in try CrashTests.project() }
    let plan = try await machines[0].keyreel(
      "plan", "film.yaml", "--store", store, "--shards", "3", "--matrix")
    let matrix = try JSONDecoder().decode(Matrix.self, from: Data(plan.output.utf8))
    #expect(matrix.include.map(\.shard) == ["1/3", "2/3", "3/3"], "\(plan)")
    #expect(matrix.include.reduce(0) { $0 + $1.clips } == 12)
    let early = try await machines[3].keyreel(
      "run", "film.yaml", "--store", store, "--stitch-only")
    #expect(early.status == 1 && early.errors.contains("is not in the store"), "\(early)")
    let runs = try zip(machines, matrix.include).map { machine, part in
      try machine.start(
        "run", "film.yaml", "--store", store, "--shard", part.shard, "--events", "run.jsonl")
    }
    for run in runs {
      let outcome = try await run.outcome()
      #expect(outcome.status == 0, "\(outcome)")
    }
    let made = try machines[..<3].flatMap { try RunEvents($0.read("run.jsonl")).committed }
    #expect(made.count == 12 && Set(made).count == 12, "\(made.sorted())")
    #expect(machines[..<3].allSatisfy { !$0.has("films/film.mp4") })
    let stitched = try await machines[3].keyreel(
      "run", "film.yaml", "--store", store, "--stitch-only")
    #expect(stitched.status == 0, "\(stitched)")
    #expect(try machines[3].read("films/film.mp4") == film)
    let nothing = try await machines[3].keyreel(
      "plan", "film.yaml", "--store", store, "--shards", "3", "--matrix")
    #expect(nothing.output == "{\"include\":[]}\n")
  }

  /// What `keyreel plan --matrix` prints.
  private struct Matrix: Decodable {
    var include: [Part]
    struct Part: Decodable {
      var shard: String
      var clips: Int
    }
  }
}
