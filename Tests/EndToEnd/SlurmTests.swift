import Foundation
import Glibc
import KeyreelTesting
import Testing

@Suite(
  "A cluster makes the film",
  .enabled(
    if: SlurmCluster.isInstalled, "NOT TESTED: Slurm is not installed (scripts/setup --tests)"))
struct SlurmTests {
  /// The work of every job takes so long that things can happen to it.
  private static let slow = "seed: 7\nfaults: [{at: work, delay: 4s}]\n"

  @Test("The film is the local one, of clips each made once; any machine can follow")
  func film() async throws {
    // So few tasks an array may have that the work takes two arrays.
    let cluster = try await SlurmCluster(settings: ["MaxArraySize=4"])
    let local = try CrashTests.project()
    try await local.make()
    let project = try CrashTests.project()
    let shared = try TemporaryProject()
    let store = "shared:\(shared.folder.path)/clips"
    let submit = ["submit", "film.yaml", "--store", store, "--tasks", "4"]
    let outcome = try await KeyreelProcess.run(
      submit + ["--wait", "--", "--time=10"], in: project.folder,
      environment: cluster.environment)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("4 submitted (job 1, job 2)"), "\(outcome)")
    #expect(try project.read("films/film.mp4") == local.read("films/film.mp4"))
    let logs = try project.contents(of: ".keyreel/slurm").values
      .flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n") }
    let made = logs.filter { $0.hasPrefix("made ") }.map { $0.split(separator: " ")[1] }
    #expect(made.count == 12 && Set(made).count == 12, "\(made.sorted())")
    let again = try await KeyreelProcess.run(
      submit, in: project.folder, environment: cluster.environment)
    #expect(again.output == "nothing to submit: all clips and films are there\n", "\(again)")
    // A machine without Slurm's commands, with a checkout of its own.
    let elsewhere = try CrashTests.project()
    let jobs = try await KeyreelProcess.run(
      ["jobs", "film.yaml", "--store", store], in: elsewhere.folder,
      environment: ["PATH": "/nowhere"])
    #expect(jobs.status == 0 && jobs.output.contains("12 of 12 clips"), "\(jobs)")
    #expect(jobs.output.contains("squeue cannot be started"), "\(jobs)")
  }

  @Test("A clip that fails keeps no other from being made, and submitting again makes it")
  func failure() async throws {
    let film = try await SlurmFilm(
      SlurmCluster(),
      faults: "seed: 7\nfaults: [{at: work, nth: [3], refuse: content_policy_violation}]\n")
    let first = try await film.submit("--wait")
    #expect(first.status == 1 && first.errors.contains("1 clip is missing: s/"), "\(first)")
    #expect(!film.paid.project.has("films/film.mp4"))
    let jobs = try await film.keyreel("jobs", "film.yaml", "--store", film.store)
    #expect(jobs.output.contains("7 of 8 clips, no film yet"), "\(jobs)")
    #expect(jobs.output.contains("failed") && jobs.output.contains("clips-"), "\(jobs)")
    let json = try await film.keyreel(
      "jobs", "film.yaml", "--store", film.store, "--format", "json")
    #expect(
      try SchemaCheck.complaints(of: [json.bytes], against: "jobs.schema.json") == [""], "\(json)")
    for told in [
      try film.slurm("scontrol", "show", "job"),
      try film.slurm("squeue", "-t", "all", "-o", "%all"),
      try film.slurm("scontrol", "write", "batch_script", "1", "-"),
    ] {
      #expect(told.contains("keyreel") && !told.contains(RehearsalServer.key), "\(told)")
    }
    let second = try await film.submit("--wait")
    #expect(second.status == 0 && second.output.contains("1 submitted"), "\(second)")
    try await film.check(requests: SlurmFilm.segments + 1)
  }

  @Test("Cancelled jobs lose nothing that was bought")
  func cancelled() async throws {
    let film = try await SlurmFilm(SlurmCluster(), faults: Self.slow)
    let first = try await film.submit()
    #expect(first.status == 0, "\(first)")
    try await film.requests(reach: 4)
    let cancel = try await film.keyreel("cancel", "film.yaml")
    #expect(cancel.output.contains("ended") && cancel.status == 0, "\(cancel)")
    let second = try await film.submit("--wait")
    #expect(second.status == 0, "\(second)")
    try await film.emptiesQueue()
    try await film.check()
  }

  @Test("Slurm's controller dies a second after the submission, and submitting again goes on")
  func deadController() async throws {
    let film = try await SlurmFilm(SlurmCluster(), faults: Self.slow)
    let first = try await film.submit()
    #expect(first.status == 0, "\(first)")
    try await Task.sleep(for: .seconds(1))
    try await film.cluster.obey("kill-controller")
    let away = try await film.keyreel("jobs", "film.yaml", "--store", film.store)
    #expect(away.status == 0 && away.output.contains("what waits or runs is not known"), "\(away)")
    try await film.cluster.obey("start-controller")
    let second = try await film.submit("--wait")
    #expect(second.status == 0, "\(second)")
    try await film.check()
  }

  @Test("A node dies with its tasks, and others take them over")
  func deadNode() async throws {
    let film = try await SlurmFilm(SlurmCluster(), faults: Self.slow)
    let run = try film.startSubmitting("--wait")
    try await film.requests(reach: 4, while: { run.isRunning })
    let place = try #require(
      try film.queue().first { $0.contains("RUNNING") }?.split(separator: " ").last)
    try await film.cluster.obey("kill-node \(place)")
    // Slurm notices by itself too, after the time that the site gives a node.
    if !isTorture { try await film.cluster.obey("declare-down \(place)") }
    let outcome = try await run.outcome()
    #expect(outcome.status == 0, "\(outcome)")
    try await film.check()
  }

  @Test("Two who submit the same at once get one film, and pay for it once")
  func twoAtOnce() async throws {
    let film = try await SlurmFilm(SlurmCluster())
    let runs = try (0..<2).map { _ in try film.startSubmitting("--wait") }
    for run in runs {
      let outcome = try await run.outcome()
      #expect(outcome.status == 0, "\(outcome)")
    }
    let made = try film.made()
    #expect(made.count == SlurmFilm.segments && Set(made).count == made.count, "\(made)")
    // Of two tasks for the same part one was ended before it began.
    let tasks = try film.logs().filter { !$0.value.isEmpty && $0.key.contains("clips-") }
    #expect(tasks.count == 4, "\(tasks.keys.sorted())")
    try await film.check()
  }
}
