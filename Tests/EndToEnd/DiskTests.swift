import Foundation
import KeyreelTesting
import SystemPackage
import Testing

@Suite("Disks that are full or cannot be written do no damage", .serialized)
struct DiskTests {
  /// A pipeline of six segments whose store is on a small disk of its own.
  private static func project() throws -> (TemporaryProject, SmallDisk)? {
    let project = try TinyFilm.project(stills: 7)
    guard let disk = disk("disk", of: project, kibibytes: 256) else {
      print("SKIPPED: this user may not mount a tmpfs, so disks that fail cannot be tested")
      return nil
    }
    return (project, disk)
  }

  /// A disk mounted in the folder `name` of `project`; `nil` when this user may not mount.
  private static func disk(
    _ name: String, of project: TemporaryProject, kibibytes: Int
  ) -> SmallDisk? {
    try? SmallDisk(kibibytes: kibibytes, at: FilePath(project.folder.path).appending(name))
  }

  @Test(
    "A full disk stops the run with 74; with room again the next run completes",
    arguments: [0, 12, 28, 60, 100])
  func fullDisk(free: Int) async throws {
    guard let (project, disk) = try Self.project() else { return }
    defer { disk.unmount() }
    try disk.fill(leaving: free)
    let run = try await project.keyreel("run", "film.yaml", "--store", "disk/store")
    #expect(run.status == 74, "\(free) KiB free: \(run.errors)")
    #expect(run.errors.contains("full") || run.errors.contains("No space left"), "\(run.errors)")
    try disk.makeRoom()
    try await project.make("film.yaml", "--store", "disk/store")
    let film = try FilmProbe(project.folder.appendingPathComponent("films/film.mp4"))
    #expect(film.frames == 25)
    try await project.storeIsSound("disk/store")
  }

  @Test("With a read-only store plans and runs with nothing to do work, and work says why not")
  func readOnlyStore() async throws {
    guard let (project, disk) = try Self.project() else { return }
    defer { disk.unmount() }
    try await project.make("film.yaml", "--store", "disk/store")
    try disk.makeReadOnly()
    #expect(try await project.plan("film.yaml", "--store", "disk/store").toMake.isEmpty)
    try await project.make("film.yaml", "--store", "disk/store")
    try project.write(TinyStill.numbered(77), to: "stills/2.png")
    #expect(try await project.plan("film.yaml", "--store", "disk/store").toMake.count == 2)
    let store = try project.contents(of: "disk")
    let run = try await project.keyreel("run", "film.yaml", "--store", "disk/store")
    #expect(run.status == 74, "\(run.errors)")
    #expect(run.errors.components(separatedBy: "read-only").count == 2, "\(run.errors)")
    #expect(run.errors.contains("--store"), "\(run.errors)")
    #expect(try project.contents(of: "disk") == store)
  }

  @Test("A films folder that cannot be written loses no clip")
  func readOnlyFilms() async throws {
    let project = try TinyFilm.project(stills: 3)
    guard let disk = Self.disk("films", of: project, kibibytes: 64) else {
      print("SKIPPED: this user may not mount a tmpfs")
      return
    }
    defer { disk.unmount() }
    try disk.makeReadOnly()
    let run = try await project.keyreel("run", "film.yaml")
    #expect(run.status == 74, "\(run.errors)")
    #expect(run.errors.contains("films") && run.errors.contains("read-only"), "\(run.errors)")
    #expect(try await project.plan().toMake.isEmpty)
    try disk.makeWritable()
    #expect(try await project.made("film.yaml").isEmpty)
  }

  @Test("A store from a newer version is refused in clear words")
  func newerStore() async throws {
    let project = try TinyFilm.project(stills: 3)
    try await project.make()
    let format = try String(decoding: project.read(".keyreel/format.json"), as: UTF8.self)
    let newer = format.replacingOccurrences(of: " 1", with: " 99")
    try #require(newer != format)
    try project.write(newer, to: ".keyreel/format.json")
    for command in [
      ["run", "film.yaml"], ["plan", "film.yaml"], ["store", "ls"], ["store", "gc"],
    ] {
      let refused = try await project.refuses(command, status: 74)
      #expect(refused.errors.contains("newer"), "\(refused.errors)")
    }
  }

  @Test("A folder of other things is never taken for a store")
  func notAStore() async throws {
    let project = try TinyFilm.project(stills: 2)
    let run = try await project.keyreel("run", "film.yaml", "--store", "stills")
    #expect(run.status == 64)
    #expect(run.errors.contains("is not a Keyreel store"), "\(run.errors)")
    #expect(try project.contents(of: "stills").keys.sorted() == ["0.png", "1.png"])
    try await project.refuses("run", "film.yaml", "--store", "film.yaml", status: 74)
  }
}

extension TemporaryProject {
  /// Expects every clip of `store` to be whole, and nothing to be left in its staging room.
  func storeIsSound(_ store: String = ".keyreel") async throws {
    let verify = try await keyreel("store", "verify", "--store", store)
    #expect(verify.status == 0, "\(verify.output)\(verify.errors)")
    let staged = try contents(of: store + "/staging").keys.filter { $0 != "lock" }
    #expect(staged.isEmpty, "left in the staging room: \(staged)")
  }
}
