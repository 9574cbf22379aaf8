import Foundation
import KeyreelTesting
import Testing

@Suite("A run that dies loses nothing, and the next one carries on", .serialized)
struct CrashTests {
  /// Twelve segments, among them a chain that must be made in order.
  static func project() throws -> TemporaryProject {
    let project = try TinyFilm.project(stills: 7)
    try project.write(
      """
      keyreel: 1
      prompt: bands of grey
      defaults:
        model: \(TinyModel.id)
        frames: 8
      sequences:
        - name: out
          keyframes: [\((0..<7).map { "stills/\($0).png" }.joined(separator: ", "))]
        - name: back
          chain: rendered
          keyframes: [\((0..<7).reversed().map { "stills/\($0).png" }.joined(separator: ", "))]
      """, to: "film.yaml")
    return project
  }

  @Test("Killed at any moment, the film comes out byte for byte the same")
  func killed() async throws {
    let project = try Self.project()
    let clock = ContinuousClock()
    var film = Data()
    let time = try await clock.measure {
      try await project.make()
      film = try project.read("films/film.mp4")
    }
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    var kills = 0
    while kills < (isTorture ? 200 : 10) {
      try project.startAgain()
      while !project.has("films/film.mp4") {
        let run = try project.start("run", "film.yaml", "--concurrency", "2")
        try await Task.sleep(for: time * Double.random(in: 0...0.5, using: &random))
        run.send(SIGKILL)
        let outcome = try await run.outcome()
        guard outcome.status == 128 + SIGKILL else { continue }
        kills += 1
        // A clip whose receipt was not written yet is a note; it is never used, and made again.
        let verify = try await project.keyreel("store", "verify")
        #expect(
          verify.status == 0,
          "seed \(seed), kill \(kills): \(verify.output)\(verify.errors)")
      }
      try await project.make()
      #expect(try project.read("films/film.mp4") == film, "seed \(seed), kill \(kills)")
      try await project.storeIsSound()
    }
  }

  @Test(
    "Ctrl-C and SIGTERM end cleanly, keep what is finished and say how to go on",
    arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) async throws {
    let project = try Self.project()
    let run = try project.start(
      "run", "film.yaml", "--concurrency", "1", "--events", "events.jsonl")
    try await project.waits(for: "take_committed", of: run, in: "events.jsonl")
    run.send(signal)
    let outcome = try await run.outcome()
    #expect(outcome.status == (signal == SIGINT ? 130 : 143), "\(outcome.errors)")
    #expect(outcome.errors.contains("finished clips are kept"), "\(outcome.errors)")
    #expect(outcome.errors.contains("run the same command again"), "\(outcome.errors)")
    #expect(!project.has("films/film.mp4"))
    try await project.storeIsSound()
    let before = try RunEvents(project.read("events.jsonl")).committed
    let after = try await project.made("film.yaml")
    #expect(!before.isEmpty && before.count + after.count == 12)
    #expect(Set(before).isDisjoint(with: after))
  }
}

extension TemporaryProject {
  /// Starts `keyreel` in the folder without waiting for it.
  func start(_ arguments: String...) throws -> ChildProcess {
    try KeyreelProcess.start(arguments, in: folder)
  }

  func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }

  /// Removes all clips and films.
  func startAgain() throws {
    for name in [".keyreel", "films"] where has(name) {
      try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }
  }

  /// Waits until the event file `log` of `run` tells of `event`, however slow the machine is.
  func waits(for event: String, of run: ChildProcess, in log: String) async throws {
    while true {
      let isRunning = run.isRunning
      let text = (try? read(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      if text.contains("\"\(event)\"") { return }
      guard isRunning else {
        let errors = try await run.outcome().errors
        throw ProgramFailure(description: "no \(event) in \(log): \(text)\(errors)")
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}
