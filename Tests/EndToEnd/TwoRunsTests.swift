import Foundation
import Glibc
import KeyreelTesting
import SystemPackage
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

  @Test(
    "A clip that another run is making is answered with 75 by --no-wait, and waited for without")
  func heldClip() async throws {
    let project = try TinyFilm.project(stills: 4)
    try await project.make()
    try project.write(TinyStill.numbered(40), to: "stills/0.png")
    try project.write(TinyStill.numbered(41), to: "stills/3.png")
    let takes = try await project.plan().takes.filter { $0.take.action == "generate" }
    try #require(takes.map(\.segment) == ["main/0-1", "main/2-3"])
    let film = try project.read("films/film.mp4")
    let claim = try HeldClaim(of: takes[0].take.key, in: project)

    let impatient = try await project.keyreel(
      "run", "film.yaml", "--no-wait", "--events", "impatient.jsonl")
    #expect(impatient.status == 75, "\(impatient)")
    #expect(impatient.errors.contains("another run is making the clip"), "\(impatient)")
    #expect(try RunEvents(project.read("impatient.jsonl")).committed == ["main/2-3"])
    #expect(try project.read("films/film.mp4") == film)

    let patient = try project.start("run", "film.yaml", "--events", "patient.jsonl")
    try await project.waits(for: "waiting", of: patient, in: "patient.jsonl")
    #expect(patient.isRunning)
    #expect(try project.read("films/film.mp4") == film)
    try claim.letGo()
    let outcome = try await patient.outcome()
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try RunEvents(project.read("patient.jsonl")).committed == ["main/0-1"])
    #expect(try project.read("films/film.mp4") != film)
    try await project.storeIsSound()
  }
}

/// The claim on one clip of a project's store, held as a live run holds it (docs/store.md).
private struct HeldClaim {
  private let lease: FileDescriptor

  init(of key: String, in project: TemporaryProject) throws {
    let folder = FilePath(project.folder.path)
      .pushing(FilePath(".keyreel/claims/\(key.prefix(2))/\(key)"))
    try TestFile.makeFolders(folder)
    lease = try FileDescriptor.open(
      folder.appending("lease"), .readWrite, options: [.create, .closeOnExec],
      permissions: [.ownerReadWrite])
    guard flock(lease.rawValue, LOCK_EX | LOCK_NB) == 0 else { throw Errno(rawValue: errno) }
  }

  /// Ends the claim, as the end of its run would.
  func letGo() throws { try lease.close() }
}
