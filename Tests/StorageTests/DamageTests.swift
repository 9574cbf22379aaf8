import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("Damaged, foreign and newer stores")
struct DamageTests {
  let scratch: ScratchFolder
  var folder: FilePath { scratch.path.appending("store") }

  init() throws { scratch = try ScratchFolder() }

  func open() throws -> DirectoryStore { try DirectoryStore(at: folder) }

  /// The folder of the claim on `recipe`.
  func claim(_ recipe: Recipe) -> FilePath {
    let key = recipe.key.description
    return folder.appending("claims").appending(String(key.prefix(2))).appending(key)
  }

  @Test("Opening a store that is not there writes nothing")
  func lazy() throws {
    let store = try open()
    _ = try store.snapshot(of: [SamplePlans.recipe(1).key], pipeline: "a.yaml")
    #expect(try store.entries().isEmpty && store.verify().isEmpty)
    #expect(!TestFile.exists(folder))
  }

  @Test("A new store says its format and keeps itself out of git")
  func new() throws {
    _ = try open().stage(ending: "mp4")
    let format = String(decoding: try TestFile.read(folder.appending("format.json")), as: UTF8.self)
    #expect(format == "{\n  \"format\" : 1\n}\n")
    #expect(try TestFile.read(folder.appending(".gitignore")) == Array("*\n".utf8))
  }

  @Test("A store from a newer version is refused with what to do")
  func newer() async throws {
    _ = try open().stage(ending: "mp4")
    try TestFile.remove(folder.appending("format.json"))
    try TestFile.write("{\"format\": 2, \"shards\": 16}", to: folder.appending("format.json"))
    let error = await failure { _ = try open() }
    #expect(error?.code == .newerVersion)
    #expect(error?.message.contains("format 2") == true)
    #expect(error?.remedy == "install a newer keyreel, or use another store (--store)")
  }

  @Test("A torn format file is told with what to write into it", arguments: ["", "{\"for", "[]"])
  func tornFormat(_ text: String) async throws {
    _ = try open().stage(ending: "mp4")
    try TestFile.remove(folder.appending("format.json"))
    try TestFile.write(text, to: folder.appending("format.json"))
    let error = await failure { _ = try open() }
    #expect(error?.code == .corrupt)
    #expect(error?.remedy?.contains("{\"format\": 1}") == true)
  }

  @Test("A folder of somebody else's files is no store, and gets none")
  func stranger() async throws {
    try TestFile.makeFolders(folder)
    try TestFile.write("holiday", to: folder.appending("IMG_0001.jpg"))
    let error = await failure { _ = try open().stage(ending: "mp4") }
    #expect(error?.code == .unsupported)
    #expect(error?.message.contains("IMG_0001.jpg") == true)
    #expect(TestFile.names(in: folder) == ["IMG_0001.jpg"])
  }

  @Test("A file where the store should be is told")
  func file() async throws {
    try TestFile.write("not a folder", to: folder)
    let error = await failure { _ = try open() }
    #expect(error?.message.contains("\(folder)") == true)
  }

  @Test(
    "A receipt cut off anywhere is never a crash, never a clip, and is made anew",
    arguments: [0, 1, 40, 200, 600])
  func tornReceipt(_ length: Int) async throws {
    let recipe = SamplePlans.recipe(1)
    let receipt = try await StoreConformance.make(recipe, in: try open())
    let path = claim(recipe).appending("receipt.json")
    let bytes = try TestFile.read(path)
    try TestFile.write(bytes.prefix(length), to: path)
    let store = try open()
    let error = await failure { _ = try store.receipt(for: recipe.key) }
    #expect(error?.code == .corrupt)
    #expect(error?.remedy == "run keyreel store verify")
    #expect(try store.verify().map(\.kind) == [.damagedRecord, .orphan])
    let claim = try await store.claim(recipe, waits: false)
    #expect(try claim.state == .ticketed(StoreConformance.ticket(1, of: recipe)))
    try claim.fail("its receipt is damaged")
    claim.release()
    #expect(try await StoreConformance.make(recipe, in: store) == receipt)
    #expect(try store.verify() == [])
  }

  @Test("A torn ticket leaves its attempt unknown, never to be sent again by itself")
  func tornTicket() async throws {
    let recipe = SamplePlans.recipe(1, on: SamplePlans.paid)
    let first = try await open().claim(recipe, waits: false)
    try first.begin(input: "{}", reserved: somePrice)
    try first.accept(ticket(for: recipe))
    first.release()
    try TestFile.write("{\"atte", to: claim(recipe).appending("ticket-1.json"))
    let second = try await open().claim(recipe, waits: false)
    #expect(try second.state == .unknown(attempt: 1))
    second.release()
    #expect(try open().verify().map(\.kind) == [.damagedRecord])
  }

  @Test("A torn intent counts as begun")
  func tornIntent() async throws {
    let recipe = SamplePlans.recipe(1)
    let first = try await open().claim(recipe, waits: false)
    try first.begin(input: "{}", reserved: .free)
    first.release()
    try TestFile.write("", to: claim(recipe).appending("intent-1.json"))
    let second = try await open().claim(recipe, waits: false)
    #expect(try second.state == .unknown(attempt: 1))
    second.release()
    #expect(try open().openClaims().count == 1)
  }

  @Test("A torn history loses explanations and nothing else")
  func tornHistory() async throws {
    let recipe = SamplePlans.recipe(1)
    let store = try open()
    try await StoreConformance.make(recipe, in: store)
    try store.remember(["film|a/1|1": recipe.key], pipeline: "a.yaml")
    let history = folder.appending("history")
    let name = try #require(TestFile.names(in: history).first { $0.hasSuffix(".json") })
    try TestFile.write("{\"pipel", to: history.appending(name))
    let other = SamplePlans.recipe(2).key
    #expect(try store.snapshot(of: [other], pipeline: "a.yaml").lastRecipes == [:])
    try store.remember(["film|a/1|1": recipe.key], pipeline: "a.yaml")
    #expect(
      try store.snapshot(of: [other], pipeline: "a.yaml").lastRecipes == ["film|a/1|1": recipe])
  }

  @Test("A link planted in the store leads nowhere")
  func links() async throws {
    let recipe = SamplePlans.recipe(1)
    let store = try open()
    let receipt = try await StoreConformance.make(recipe, in: store)
    let clip = try store.clip(receipt)
    let outside = scratch.path.appending("outside.mp4")
    try TestFile.write(try TestFile.read(clip), to: outside)
    try TestFile.remove(clip)
    try TestFile.link(clip, to: outside)
    let error = await failure { _ = try open().clip(receipt) }
    #expect(error?.code == .corrupt)
    let claim = try await open().claim(SamplePlans.recipe(2), waits: false)
    claim.release()
    let lease = self.claim(SamplePlans.recipe(3)).appending("lease")
    try TestFile.makeFolders(lease.removingLastComponent())
    try TestFile.link(lease, to: outside)
    let refused = await failure { _ = try await open().claim(SamplePlans.recipe(3), waits: true) }
    #expect(refused?.code == .inputOutput)
  }

  @Test("An output that is a link is replaced itself; what it leads to stays")
  func outputLink() throws {
    let store = try open()
    let staged = try store.stage(ending: "mp4")
    try TestFile.write("film", to: staged)
    let outside = scratch.path.appending("precious")
    try TestFile.write("precious", to: outside)
    let output = scratch.path.appending("lake.mp4")
    try TestFile.link(output, to: outside)
    _ = try store.publish(staged, of: Digest.of("a"), frames: 3, to: output)
    #expect(try TestFile.read(output) == Array("film".utf8))
    #expect(try TestFile.read(outside) == Array("precious".utf8))
  }

  @Test("An output that is a folder is refused")
  func outputFolder() async throws {
    let store = try open()
    let staged = try store.stage(ending: "mp4")
    try TestFile.write("film", to: staged)
    let error = await failure {
      _ = try store.publish(staged, of: Digest.of("a"), frames: 3, to: scratch.path)
    }
    #expect(error?.message.contains("a folder stands in its place") == true)
  }

  @Test("Clips in the store cannot be written by accident")
  func readOnlyObjects() async throws {
    let store = try open()
    let receipt = try await StoreConformance.make(SamplePlans.recipe(1), in: store)
    #expect(try TestFile.mode(of: store.clip(receipt)) == 0o444)
  }
}
