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
}
