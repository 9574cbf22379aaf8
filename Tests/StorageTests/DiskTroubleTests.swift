import Glibc
import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite(
  "Full and read-only disks",
  .enabled(if: SmallDisk.isPossible, "mounting a small disk needs the rights to mount"))
struct DiskTroubleTests {
  @Test("A full disk is named, harms nothing, and is forgotten when there is room again")
  func full() async throws {
    let disk = try SmallDisk()
    let store = try DirectoryStore(at: disk.path.appending("store"))
    let kept = try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    try disk.fill()
    let error = await failure {
      try await StoreConformance.make(SamplePlans.recipe(2), in: store)
    }
    #expect(error?.code == .diskFull)
    #expect(error?.message.hasSuffix("the disk is full") == true)
    #expect(error?.remedy?.contains("free some space") == true)
    try disk.makeRoom()
    try await StoreConformance.make(SamplePlans.recipe(3), in: store)
    #expect(try store.receipt(for: SamplePlans.recipe(1).key) == kept)
    #expect(try store.verify() == [])
  }

  @Test("A disk that fills up between request and answer does not lose the ticket")
  func ticketOnFullDisk() async throws {
    let disk = try SmallDisk()
    let store = try DirectoryStore(at: disk.path.appending("store"))
    let recipe = SamplePlans.recipe(1, on: SamplePlans.paid)
    let claim = try await store.claim(recipe, waits: false)
    try claim.begin(input: "{}", reserved: somePrice)
    try disk.fill()
    try claim.accept(ticket(for: recipe))
    claim.release()
    let next = try await DirectoryStore(at: disk.path.appending("store"))
      .claim(recipe, waits: false)
    #expect(try next.state == .ticketed(ticket(for: recipe)))
    next.release()
  }

  @Test("A clip that cannot be committed for want of room can be committed later")
  func commitOnFullDisk() async throws {
    let disk = try SmallDisk()
    let store = try DirectoryStore(at: disk.path.appending("store"))
    let recipe = SamplePlans.recipe(1, on: SamplePlans.paid)
    let claim = try await store.claim(recipe, waits: false)
    defer { claim.release() }
    try claim.begin(input: "{}", reserved: somePrice)
    try claim.accept(ticket(for: recipe))
    let (file, receipt) = try stagedClip(of: recipe, in: store, price: somePrice)
    try disk.fill()
    let error = await failure { try claim.commit(file, receipt: receipt) }
    #expect(error?.code == .diskFull)
    #expect(try store.receipt(for: recipe.key) == nil)
    #expect(try claim.state == .ticketed(ticket(for: recipe)))
    try disk.makeRoom()
    let (again, _) = try stagedClip(of: recipe, in: store, price: somePrice)
    try claim.commit(again, receipt: receipt)
    #expect(try claim.state == .committed(receipt))
    #expect(try store.verify() == [])
  }

  @Test("A store that can only be read answers all questions, and refuses writes in one sentence")
  func readOnly() async throws {
    let disk = try SmallDisk()
    let folder = disk.path.appending("store")
    let recipe = SamplePlans.recipe(1)
    let receipt = try await {
      let store = try DirectoryStore(at: folder)
      try store.remember(["film|a/1|1": recipe.key], pipeline: "a.yaml")
      return try await StoreConformance.make(recipe, in: store)
    }()
    try disk.makeReadOnly()
    let store = try DirectoryStore(at: folder)
    #expect(try store.receipt(for: recipe.key) == receipt)
    #expect(TestFile.exists(try store.clip(receipt)))
    let other = SamplePlans.recipe(2)
    let snapshot = try store.snapshot(of: [recipe.key, other.key], pipeline: "a.yaml")
    #expect(snapshot.committed == [recipe.key])
    #expect(snapshot.lastRecipes == ["film|a/1|1": recipe])
    try store.remember(["film|a/1|1": recipe.key], pipeline: "a.yaml")
    #expect(try store.verify() == [])
    for write in [
      { _ = try store.stage(ending: "mp4") },
      { try store.remember(["film|a/1|1": other.key], pipeline: "a.yaml") },
    ] {
      let error = await failure { try write() }
      #expect(error?.code == .permissionDenied)
      #expect(error?.message.contains("read-only") == true)
    }
    let error = await failure { _ = try await store.claim(other, waits: true) }
    #expect(error?.code == .permissionDenied)
    #expect(error?.remedy?.contains("--store") == true)
  }

  @Test("A film on another file system than the store's is published whole")
  func otherDisk() throws {
    let disk = try SmallDisk()
    let scratch = try ScratchFolder()
    let store = try DirectoryStore(at: scratch.path.appending("store"))
    let staged = try store.stage(ending: "mp4")
    let bytes = [UInt8](repeating: 7, count: 100_000)
    try TestFile.write(bytes, to: staged)
    let output = disk.path.appending("films/lake.mp4")
    _ = try store.publish(staged, of: Digest.of("a"), frames: 3, to: output)
    #expect(try TestFile.read(output) == bytes)
    #expect(TestFile.names(in: output.removingLastComponent()) == ["lake.mp4"])
    #expect(!TestFile.exists(staged))
  }

  @Test("A film that does not fit leaves what was there before")
  func filmTooBig() async throws {
    let disk = try SmallDisk()
    let scratch = try ScratchFolder()
    let store = try DirectoryStore(at: scratch.path.appending("store"))
    let output = disk.path.appending("lake.mp4")
    try TestFile.write("the film of yesterday", to: output)
    let staged = try store.stage(ending: "mp4")
    let bytes = [UInt8](repeating: 7, count: 1_000_000)
    try TestFile.write(bytes, to: staged)
    let error = await failure {
      _ = try store.publish(staged, of: Digest.of("a"), frames: 3, to: output)
    }
    #expect(error?.code == .diskFull)
    #expect(try TestFile.read(output) == Array("the film of yesterday".utf8))
    #expect(TestFile.names(in: disk.path) == ["lake.mp4"])
  }
}

@Suite("Rights", .enabled(if: getuid() != 0, "the superuser may write everywhere"))
struct RightsTests {
  @Test("A folder without rights is named with what to do")
  func rights() async throws {
    let scratch = try ScratchFolder()
    try TestFile.setMode(0o555, of: scratch.path)
    let store = try DirectoryStore(at: scratch.path.appending("store"))
    let error = await failure { _ = try store.stage(ending: "mp4") }
    try TestFile.setMode(0o755, of: scratch.path)
    #expect(error?.code == .permissionDenied)
    #expect(error?.remedy?.contains("check the rights") == true)
  }
}
