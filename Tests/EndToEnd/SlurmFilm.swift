import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// A film of eight paid clips that is made on a cluster, with a store beside the project.
final class SlurmFilm: Sendable {
  static let segments = 8

  let server: RehearsalServer
  let paid: PaidProject
  let cluster: SlurmCluster
  let store: String

  /// A film whose clips are bought from a server of its own with these faults.
  init(_ cluster: SlurmCluster, faults: String? = nil) async throws {
    self.cluster = cluster
    server = try await RehearsalServer(faults: faults)
    paid = try PaidProject(server, segments: Self.segments)
    store = "shared:\(paid.project.folder.path)/clips"
  }

  private var environment: [String: String] {
    // A dead node's clips are taken over soon, and its cache is nobody's.
    paid.environment.merging(cluster.environment) { $1 }.merging([
      "KEYREEL_LEASE": "4", "KEYREEL_CACHE": paid.project.folder.path + "/caches",
    ]) { $1 }
  }

  /// Starts `keyreel` in the project.
  func start(_ words: String...) throws -> ChildProcess {
    try KeyreelProcess.start(words, in: paid.project.folder, environment: environment)
  }

  /// Runs `keyreel` in the project.
  func keyreel(_ words: String...) async throws -> KeyreelProcess.Outcome {
    try await KeyreelProcess.run(words, in: paid.project.folder, environment: environment)
  }

  /// What a user types to have the film made by four tasks.
  var submission: [String] {
    ["submit", "film.yaml", "--engine", "slurm", "--store", store, "--tasks", "4", "--yes"]
  }

  /// Submits the film with these words beside.
  func submit(_ words: String...) async throws -> KeyreelProcess.Outcome {
    try await KeyreelProcess.run(
      submission + words, in: paid.project.folder, environment: environment)
  }

  /// Begins to submit the film with these words beside.
  func startSubmitting(_ words: String...) throws -> ChildProcess {
    try KeyreelProcess.start(
      submission + words, in: paid.project.folder, environment: environment)
  }

  /// The user's jobs and tasks that wait or run, as Slurm says.
  func queue() throws -> [String] {
    try slurm("squeue", "-h", "-r", "-o", "%i %T %N").split(separator: "\n").map(String.init)
  }

  /// Waits until no job is left: Slurm clears up for a while after a job's last word.
  func emptiesQueue() async throws {
    for _ in 0..<1200 {
      if try queue().isEmpty { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw ProgramFailure(description: "jobs are left: \(try queue())")
  }

  /// What one of Slurm's own programs prints.
  func slurm(_ words: String...) throws -> String {
    try ChildProcess(words, environment: cluster.environment.mapValues { $0 }).wait().output
  }

  /// Waits until the server has accepted `count` requests, while `isAlive` holds.
  func requests(reach count: Int, while isAlive: () -> Bool = { true }) async throws {
    while try server.requests().count < count, isAlive() {
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// What all jobs wrote, by the names of their logs.
  func logs() throws -> [String: String] {
    try paid.project.contents(of: ".keyreel/slurm").filter { $0.key.hasSuffix(".log") }
      .mapValues { String(decoding: $0, as: UTF8.self) }
  }

  /// The segments that jobs made, each as often as it was made.
  func made() throws -> [String] {
    try logs().values.flatMap { log in
      log.split(separator: "\n").filter { $0.hasPrefix("made ") }
        .map { String($0.split(separator: " ")[1]) }
    }.sorted()
  }

  /// The film is that of a local run with the same clips, and each of them was bought once.
  func check(requests: Int = SlurmFilm.segments) async throws {
    let film = try paid.project.read("films/film.mp4")
    #expect(try server.requests().count == requests)
    let local = try PaidProject(server, segments: Self.segments)
    let run = try await local.keyreel("run", "film.yaml", "--yes")
    try #require(run.status == 0, "\(run)")
    #expect(try local.project.read("films/film.mp4") == film, "not the film of a local run")
    for (name, log) in try logs() {
      #expect(!log.contains(RehearsalServer.key), "the key is in \(name)")
    }
  }
}
