import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("Looking after a store")
struct MaintenanceTests {
  let scratch: ScratchFolder
  let store: DirectoryStore

  init() throws {
    scratch = try ScratchFolder()
    store = try DirectoryStore(at: scratch.path.appending("store"))
  }

  @Test("The list names each clip, what it cost and where it is used")
  func list() async throws {
    let free = try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    let paid = try await makePaid(2, in: store)
    try store.remember(["film|valley/1|1": free.recipe.key], pipeline: "lake.yaml")
    let entries = try store.entries()
    #expect(Set(entries.map(\.key)) == [free.recipe.key, paid.recipe.key])
    let entry = try #require(entries.first { $0.key == free.recipe.key })
    #expect(entry.receipt == free)
    #expect(entry.uses == ["lake.yaml: film|valley/1|1"])
    #expect(entry.summary == "scripted@1 made-up/flf2v 5 frames “mist”")
    #expect(entries.first { $0.key == paid.recipe.key }?.receipt.price == somePrice)
  }

  @Test("Verification finds a changed, a missing and an unknown clip")
  func verify() async throws {
    let receipts = [
      try await StoreConformance.make(SamplePlans.recipe(1), in: store),
      try await StoreConformance.make(SamplePlans.recipe(2), in: store),
      try await StoreConformance.make(SamplePlans.recipe(3), in: store),
    ]
    #expect(try store.verify() == [])
    let paths = try receipts.map { try store.clip($0) }
    try TestFile.setMode(0o644, of: paths[0])
    var bytes = try TestFile.read(paths[0])
    bytes[3] ^= 1
    try TestFile.write(bytes, to: paths[0])
    try TestFile.remove(paths[1])
    let stray = Digest.of("stray")
    let folder = scratch.path.appending("store/objects").appending(String(stray.hex.prefix(2)))
    try TestFile.makeFolders(folder)
    try TestFile.write("stray", to: folder.appending("\(stray.hex).mp4"))
    let kinds = try store.verify().map(\.kind)
    #expect(Set(kinds) == [.damagedClip, .missingClip, .orphan] && kinds.count == 3)
  }

  @Test(
    "What was measured of clips and keyframes is kept, damage counts as nothing, and clips take it along"
  )
  func edges() async throws {
    let kept = try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    let gone = try await StoreConformance.make(SamplePlans.recipe(2), in: store)
    try store.remember(["film|valley/1|1": kept.recipe.key], pipeline: "lake.yaml")
    let plane = (0..<64).map { Double($0) + 0.25 }
    let sketch = PictureSketch(luma: plane, blue: plane.reversed(), red: plane)
    let traits = FrameTraits(sketch: sketch, sharpness: 1.5)
    let edges = ClipEdges(
      size: PixelSize(width: 64, height: 64), frames: 2,
      head: .init(start: 0, traits: [traits, traits], motions: [0.5]),
      tail: .init(start: 0, traits: [traits, traits], motions: [0.5]),
      smalls: [0: SmallPicture(columns: 2, cells: [1, 2, 3, 4])], pictures: [1: [1, 2, 3]])
    for receipt in [kept, gone] {
      #expect(store.edges(of: receipt.digest) == nil)
      store.keep(edges, of: receipt.digest)
      #expect(store.edges(of: receipt.digest) == edges)
    }
    store.keep(sketch, of: Digest.of("keyframe"))
    #expect(store.sketch(of: Digest.of("keyframe")) == sketch)
    #expect(try store.verify() == [])
    _ = try store.gc()
    #expect(store.edges(of: kept.digest) == edges)
    #expect(store.edges(of: gone.digest) == nil)
    let file = scratch.path.appending("store/edges")
      .appending(String(kept.digest.hex.prefix(2))).appending("\(kept.digest.hex).clip")
    var bytes = try TestFile.read(file)
    bytes[20] ^= 1
    try TestFile.setMode(0o644, of: file)
    try TestFile.write(bytes, to: file)
    #expect(store.edges(of: kept.digest) == nil)
  }

  @Test("Garbage is what no pipeline remembers; a dry run only says so")
  func garbage() async throws {
    let kept = try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    let old = try await StoreConformance.make(SamplePlans.recipe(2), in: store)
    try store.remember(["film|valley/1|1": kept.recipe.key], pipeline: "lake.yaml")
    let plan = try store.gc(.dryRun)
    #expect(plan.items.map(\.name) == [old.recipe.key.description])
    #expect(plan.byteCount == old.byteCount)
    #expect(try store.entries().count == 2)
    let report = try store.gc()
    #expect(report == plan)
    #expect(try store.entries().map(\.key) == [kept.recipe.key])
    #expect(try store.receipt(for: old.recipe.key) == nil)
    #expect(try store.verify() == [])
    #expect(try store.gc().items.isEmpty)
  }

  @Test("What the caller keeps is kept, whatever the histories say")
  func keeping() async throws {
    let first = try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    let second = try await StoreConformance.make(SamplePlans.recipe(2), in: store)
    try store.remember(["film|valley/1|1": first.recipe.key], pipeline: "lake.yaml")
    _ = try store.gc(keeping: [second.recipe.key])
    #expect(try store.entries().map(\.key) == [second.recipe.key])
  }

  @Test("Paid clips and open claims go only when the author says so, with their price")
  func paid() async throws {
    let paid = try await makePaid(1, in: store)
    let open = SamplePlans.recipe(2, on: SamplePlans.paid)
    let claim = try await store.claim(open, waits: false)
    try claim.begin(input: "{}", reserved: somePrice)
    claim.release()
    let careful = try store.gc(keeping: [])
    #expect(careful.items.isEmpty)
    #expect(Set(careful.kept.map(\.name)) == [paid.recipe.key.description, open.key.description])
    #expect(try store.entries().count == 1 && store.openClaims().count == 1)
    let bold = try store.gc(keeping: [], .includePaid)
    #expect(bold.price == somePrice + somePrice)
    #expect(try store.entries().isEmpty && store.openClaims().isEmpty)
    #expect(try store.verify() == [])
  }

  @Test("While a paid claim is open, a clip without a receipt may be what was paid for, and stays")
  func orphanOfOpenClaim() async throws {
    let claim = try await store.claim(SamplePlans.recipe(2, on: SamplePlans.paid), waits: false)
    try claim.begin(input: "{}", reserved: somePrice)
    claim.release()
    let stray = Digest.of("stray")
    let file = store.folder.appending("objects/\(stray.hex.prefix(2))/\(stray.hex).mp4")
    try TestFile.makeFolders(file.removingLastComponent())
    try TestFile.write("stray", to: file)
    let careful = try store.gc(keeping: [])
    #expect(careful.items.isEmpty && careful.kept.map(\.name).contains(stray.hex))
    #expect(TestFile.exists(file))
    _ = try store.gc(keeping: [], .includePaid)
    #expect(!TestFile.exists(file))
  }

  @Test("Half-written downloads and facts of dead processes are swept; finished ones stay")
  func halfWritten() throws {
    let sources = try store.makeSourcesFolder()
    let facts = store.factsFolder
    try TestFile.makeFolders(facts)
    let still = sources.appending(Digest.of("still").hex)
    let drafts = [
      sources.appending(".fetch-12-34"), facts.appending("facts-v1.tsv.12-34"),
    ]
    for file in drafts + [still, facts.appending("facts-v1.tsv")] {
      try TestFile.write("some", to: file)
    }
    #expect(try store.gc(.dryRun).items.count == 2)
    #expect(try store.gc().items.map(\.kind) == [.staging, .staging])
    #expect(TestFile.names(in: facts) == ["facts-v1.tsv"])
    #expect(TestFile.exists(still) && !drafts.contains(where: TestFile.exists))
  }

  @Test("A store that is closed has left no drafts, and can be used again")
  func closed() async throws {
    let draft = try store.stage(ending: "mp4")
    try TestFile.write("draft", to: draft)
    store.close()
    #expect(TestFile.names(in: store.folder.appending("staging")) == ["lock"])
    try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    #expect(try store.verify() == [])
  }

  @Test("A clip that two recipes share stays while one of them does")
  func sharedBytes() async throws {
    let first = try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    var recipe = SamplePlans.recipe(2)
    recipe.model = "made-up/twin"
    let claim = try await store.claim(recipe, waits: false)
    try claim.begin(input: "{}", reserved: .free)
    let staged = try store.stage(ending: "mp4")
    try TestFile.write(try TestFile.read(try store.clip(first)), to: staged)
    var twin = first
    twin.recipe = recipe
    try claim.commit(staged, receipt: twin)
    claim.release()
    _ = try store.gc(keeping: [recipe.key])
    #expect(TestFile.exists(try store.clip(twin)))
    #expect(try store.verify() == [])
  }

  @Test("A store that is in use is not cleaned, and can be afterwards")
  func busy() async throws {
    try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    do {
      let other = try DirectoryStore(at: store.folder)
      let error = await failure { _ = try store.gc(keeping: []) }
      #expect(error?.code == .busy)
      #expect(try other.entries().count == 1)
    }
    #expect(try store.gc(keeping: []).items.count == 1)
  }

  @Test("A damaged receipt keeps clips of unknown owners from being thrown away")
  func uncertain() async throws {
    let receipt = try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    let key = receipt.recipe.key.description
    let path = store.folder.appending("claims").appending(String(key.prefix(2))).appending(key)
    try TestFile.write("{", to: path.appending("receipt.json"))
    _ = try store.gc(keeping: [])
    #expect(TestFile.exists(try store.clip(receipt)))
  }
}
