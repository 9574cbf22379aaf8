import Foundation
import Testing

@Suite("Two runs at once share the work")
struct TwoRunsTests {
  @Test("Each clip is made once, and both runs end with the same film")
  func atOnce() async throws {
    let project = try CrashTests.project()
    let runs = try (1...2).map {
      try project.start("run", "film.yaml", "--events", "\($0).jsonl")
    }
    for run in runs {
      let outcome = try await run.outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let made = try (1...2).flatMap { try RunEvents(project.read("\($0).jsonl")).committed }
    #expect(made.count == 12 && Set(made).count == 12, "\(made.sorted())")
    let film = try project.read("films/film.mp4")
    try await project.storeIsSound()
    try project.startAgain()
    try await project.make()
    #expect(try project.read("films/film.mp4") == film)
  }

  @Test("A clip that another run is making is waited for, or with --no-wait answered with 75")
  func heldClip() async throws {
    // Enough clips that the first run is stopped before its last, however late this process wakes up.
    let project = try TinyFilm.project(stills: 13)
    let first = try await Self.stopped(in: project)
    defer { kill(first.process.processIdentifier, SIGCONT) }
    let impatient = try await project.keyreel("run", "film.yaml", "--no-wait")
    #expect(impatient.status == 75, "\(impatient.errors)")
    let patient = try project.start("run", "film.yaml", "--events", "2.jsonl")
    try await project.waits(for: "waiting", of: patient, in: "2.jsonl")
    kill(first.process.processIdentifier, SIGCONT)
    for run in [first, patient] {
      let outcome = try await run.outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let film = try FilmProbe(project.folder.appendingPathComponent("films/film.mp4"))
    #expect(film.frames == 49)
  }

  /// Starts a run that is stopped before its last clip is committed; a machine that was too slow to
  /// stop it in time starts another.
  private static func stopped(in project: TemporaryProject) async throws -> RunningProcess {
    while true {
      try project.startAgain()
      let run = try project.start("run", "film.yaml", "--concurrency", "1", "--events", "1.jsonl")
      try await project.waits(for: "take_started", of: run, in: "1.jsonl")
      kill(run.process.processIdentifier, SIGSTOP)
      if try RunEvents(project.read("1.jsonl")).committed.count < 12 { return run }
      kill(run.process.processIdentifier, SIGCONT)
      _ = try await run.outcome()
      try FileManager.default.removeItem(at: project.folder.appendingPathComponent("1.jsonl"))
    }
  }
}
