import Foundation
import KeyreelTesting
import Testing

@Suite("Locks", .serialized)
struct LockTests {
  /// The film of a paid project with another prompt.
  private func edit(_ paid: PaidProject, _ old: String, _ new: String) throws {
    let file = paid.project.folder.appendingPathComponent("film.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.contains(old))
    try paid.project.write(text.replacingOccurrences(of: old, with: new), to: "film.yaml")
  }

  private func lockText(_ paid: PaidProject) throws -> String {
    try String(
      contentsOf: paid.project.folder.appendingPathComponent("film.lock.yaml"), encoding: .utf8)
  }

  @Test(
    "A locked segment is never bought again: not when its recipe moves, not when its clip is lost")
  func neverBought() async throws {
    let server = try await RehearsalServer()
    let paid = try PaidProject(server, segments: 3)
    let early = try await paid.keyreel("lock", "film.yaml", "s/0-1")
    #expect(early.status == 1 && early.errors.contains("not made yet"), "\(early)")
    #expect(try await paid.keyreel("run", "film.yaml", "--yes").status == 0)
    #expect(try await paid.keyreel("lock", "film.yaml", "s/0-1", "s/1-2").status == 0)
    let text = try lockText(paid)
    #expect(!text.contains("canary") && !text.contains(paid.project.folder.path))
    #expect(try await paid.keyreel("lock", "film.yaml", "--check").status == 0)

    try edit(paid, "prompt: mist", "prompt: storm")
    let plan = try await paid.keyreel("plan", "film.yaml")
    #expect(plan.output.contains("locked; since then: prompt changed"), "\(plan)")
    let json = try await paid.json("plan", "film.yaml", "--format", "json")
    let bytes = try await paid.keyreel("plan", "film.yaml", "--format", "json").bytes
    #expect(try SchemaCheck.complaints(of: [bytes], against: "plan.schema.json") == [""])
    let film = try #require((json["films"] as? [[String: Any]])?.first)
    let lock = try #require(
      (film["segments"] as? [[String: Any]])?.first?["lock"] as? [String: Any])
    #expect(
      lock["changes"] as? [String] == ["prompt changed"] && lock["store"] as? String == "kept")
    let run = try await paid.keyreel("run", "film.yaml", "--yes", "--events", "events.jsonl")
    #expect(run.status == 0 && run.errors.contains("s/0-1 is locked and keeps its clip"), "\(run)")
    #expect(try server.requests().count == 4, "only the free one was bought again")
    let events = try String(
      contentsOf: paid.project.folder.appendingPathComponent("events.jsonl"), encoding: .utf8)
    #expect(events.contains(#""event":"warning","message":"s/1-2 is locked"#))
    #expect(try await paid.keyreel("lock", "film.yaml", "--check").status == 6)

    // The store is lost; the lock is all that is left.
    let store = paid.project.folder.appendingPathComponent(".keyreel")
    try FileManager.default.removeItem(at: store)
    let refused = try await paid.keyreel("run", "film.yaml", "--yes")
    #expect(refused.status == 6 && refused.errors.contains("--release s/0-1"), "\(refused)")
    #expect(try server.requests().count == 4, "nothing was bought")
    #expect(try await paid.keyreel("reconcile", "film.yaml").status == 0)
    let released = try await paid.keyreel("lock", "film.yaml", "--release", "s/0-1")
    #expect(released.status == 0 && released.output.contains("unlocked s/0-1"))
    #expect(try await paid.keyreel("run", "film.yaml", "--yes").status == 6, "the other one holds")
    #expect(try await paid.keyreel("lock", "film.yaml", "--release", "--all").status == 0)
    #expect(throws: (any Error).self) { try lockText(paid) }
    #expect(try await paid.keyreel("run", "film.yaml", "--yes").status == 0)
  }

  @Test("A damaged clip of a locked segment is refused and not bought")
  func damaged() async throws {
    let server = try await RehearsalServer()
    let paid = try PaidProject(server, segments: 1)
    #expect(try await paid.keyreel("run", "film.yaml", "--yes").status == 0)
    #expect(try await paid.keyreel("lock", "film.yaml").status == 0)
    let objects = paid.project.folder.appendingPathComponent(".keyreel/objects")
    let clips = FileManager.default.enumerator(at: objects, includingPropertiesForKeys: nil)
    for case let clip as URL in try #require(clips) where !clip.hasDirectoryPath {
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: clip.path)
      try Data("no clip".utf8).write(to: clip)
    }
    let check = try await paid.keyreel("lock", "film.yaml", "--check")
    #expect(check.status == 6 && check.output.contains("damaged"), "\(check)")
    let run = try await paid.keyreel("run", "film.yaml", "--yes")
    #expect(run.status == 6, "\(run)")
    #expect(try server.requests().count == 1)
  }

  @Test("A broken or stale lock is told with its place, by every command that would heed it")
  func told() async throws {
    let server = try await RehearsalServer()
    let paid = try PaidProject(server, segments: 1)
    #expect(try await paid.keyreel("run", "film.yaml", "--yes").status == 0)
    #expect(try await paid.keyreel("lock", "film.yaml").status == 0)
    let sound = try lockText(paid)
    #expect(try await paid.keyreel("check", "film.yaml", "film.lock.yaml").status == 0)
    try paid.project.write(
      sound.replacingOccurrences(of: "take: 1", with: "take: one"), to: "film.lock.yaml")
    for command in [
      ["check"], ["plan"], ["run", "--yes"], ["lock"], ["lock", "--release", "s/0-1"],
    ] {
      let words = [command[0], "film.yaml"] + command.dropFirst()
      let outcome = try await KeyreelProcess.run(
        words, in: paid.project.folder, environment: paid.environment)
      #expect(outcome.status == 3, "\(words): \(outcome)")
      #expect(outcome.errors.contains("film.lock.yaml:8:15: error[KR0028]"), "\(outcome)")
    }
    try paid.project.write(
      sound.replacingOccurrences(of: "s/0-1", with: "s/0-2"), to: "film.lock.yaml")
    let stale = try await paid.keyreel("plan", "film.yaml")
    #expect(stale.status == 0 && stale.errors.contains("film.lock.yaml:7:7: warning[KR0604]"))
    #expect(stale.errors.contains("`s/0-1` has its recipe now"), "\(stale)")
    #expect(try await paid.keyreel("lock", "film.yaml", "--check").status == 6)
    let wrong = try await paid.keyreel("run", "film.lock.yaml", "--yes")
    #expect(wrong.status == 3 && wrong.errors.contains("KR0504"), "\(wrong)")
  }
}
