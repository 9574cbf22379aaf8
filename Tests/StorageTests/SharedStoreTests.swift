import Glibc
import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("Machines that share a store")
struct SharedStoreTests {
  let scratch: ScratchFolder
  let space: DirectorySpace

  init() throws {
    scratch = try ScratchFolder()
    space = DirectorySpace(scratch.path.appending("space"))
  }

  private func machine(_ timing: LeaseTiming = SharedMachines.timing) throws -> SharedStore {
    let name = String(UInt64.random(in: 0 ... .max), radix: 16)
    return try SharedStore(
      in: space, cache: scratch.path.appending("cache-\(name)"), timing: timing)
  }

  @Test("A machine that dies leaves its ticket to whoever comes, without any clock being compared")
  func death() async throws {
    let (folder, cache) = (space.folder.string, scratch.path.appending("dead").string)
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [folder = folder as String, cache = cache as String] in
      let store = try SharedStore(
        in: DirectorySpace(FilePath(folder)), cache: FilePath(cache),
        timing: LeaseTiming(beat: .milliseconds(100), patience: .seconds(2)))
      for number in 1...3 {
        let recipe = SamplePlans.recipe(number, on: SamplePlans.paid)
        let claim = try await store.claim(recipe, waits: false)
        try claim.begin(input: "{}", reserved: .free)
        if number < 3 { try claim.accept(StoreConformance.ticket(number, of: recipe)) }
      }
      kill(getpid(), SIGKILL)
    }
    let store = try machine()
    for number in 1...3 {
      let recipe = SamplePlans.recipe(number, on: SamplePlans.paid)
      let claim = try await store.claim(recipe, waits: number > 1)
      let state = try claim.state
      let expected: ClaimState =
        number < 3
        ? .ticketed(StoreConformance.ticket(number, of: recipe)) : .unknown(attempt: 1)
      #expect(state == expected, "clip \(number)")
      claim.release()
    }
  }

  @Test(
    "Who was taken for dead and lives after all sends nothing more, and its ticket still counts")
  func fenced() async throws {
    let recipe = SamplePlans.recipe(1, on: SamplePlans.paid)
    let (slow, other) = (try machine(), try machine())
    let claim = try await slow.claim(recipe, waits: false)
    try claim.begin(input: "{}", reserved: somePrice)
    // As somebody does who has watched it in vain.
    let owner = try #require(try space.names(under: "owners/").first)
    let sign = try #require(try space.register(owner))
    let text = String(decoding: sign.bytes, as: UTF8.self)
    let fence = text.replacing("{", with: #"{"fencedBy": "other","#, maxReplacements: 1)
    // The sign may change at any moment; then another one is taken.
    var isFenced = try space.swap(owner, Array(fence.utf8), expecting: sign.version) != nil
    while !isFenced {
      let version = try space.register(owner)?.version
      isFenced = try space.swap(owner, Array(fence.utf8), expecting: version) != nil
    }
    let taken = try await other.claim(recipe, waits: true)
    #expect(try taken.state == .unknown(attempt: 1), "nobody sends it again by itself")
    try claim.accept(ticket(for: recipe))
    #expect(try taken.state == .ticketed(ticket(for: recipe)), "what was bought is found")
    try taken.fail("the model failed")
    let error = await failure { try claim.begin(input: "{}", reserved: somePrice) }
    #expect(error?.code == .busy)
    claim.release()
    taken.release()
  }

  @Test("Clips of a store that is only read are used, and nothing is written to it")
  func reading() async throws {
    let receipt = try await StoreConformance.make(SamplePlans.recipe(1), in: try machine())
    let before = try space.names(under: "")
    let own = DirectorySpace(scratch.path.appending("own"))
    let guest = try SharedStore(
      in: own, cache: scratch.path.appending("guest"), alsoReading: [space],
      timing: SharedMachines.timing)
    #expect(try guest.receipt(for: receipt.recipe.key) == receipt)
    #expect(Digest.of(try TestFile.read(try guest.clip(receipt))) == receipt.digest)
    try await StoreConformance.make(SamplePlans.recipe(2), in: guest)
    let keys = [1, 2, 3].map { SamplePlans.recipe($0).key }
    #expect(try guest.snapshot(of: keys, pipeline: "a").committed == Set(keys.prefix(2)))
    #expect(try guest.ledger().isEmpty)
    let reader = try SharedStore(
      in: space, cache: scratch.path.appending("reader"), access: .reading)
    _ = try reader.clip(receipt)
    let error = await failure { _ = try await reader.claim(SamplePlans.recipe(2), waits: false) }
    #expect(error?.code == .permissionDenied)
    #expect(try space.names(under: "") == before)
  }

  @Test("A copy has every clip, every claim and every history, and may be repeated")
  func copy() async throws {
    let folder = try DirectoryStore(at: scratch.path.appending("folder"))
    let paid = try await makePaid(1, in: folder)
    let free = try await StoreConformance.make(SamplePlans.recipe(2), in: folder)
    let open = try await folder.claim(SamplePlans.recipe(3, on: SamplePlans.paid), waits: false)
    try open.begin(input: "{}", reserved: somePrice)
    open.release()
    try folder.remember(["film|valley/1|1": free.recipe.key], pipeline: "lake.yaml")
    let shared = try machine()
    let first = try await StoreCopy(from: folder, to: shared).run()
    #expect(first.clips == 2 && first.claims == 1 && first.problems == [])
    #expect(try await StoreCopy(from: folder, to: shared).run().clips == 0)
    let back = try DirectoryStore(at: scratch.path.appending("back"))
    #expect(try await StoreCopy(from: try machine(), to: back).run().clips == 2)
    for store in [try machine(), back] as [any ProjectStore] {
      #expect(try store.receipt(for: paid.recipe.key) == paid)
      #expect(try store.clip(free).string.isEmpty == false)
      #expect(try store.openClaims().map(\.state) == [.unknown(attempt: 1)])
      #expect(try store.ledger().count == 2)
      #expect(try store.entries().contains { $0.uses == ["lake.yaml: film|valley/1|1"] })
      #expect(try store.verify() == [])
    }
  }

  @Test("A store of one machine and a shared one are never taken for each other")
  func kinds() async throws {
    try await StoreConformance.make(SamplePlans.recipe(1), in: try machine())
    let asFolder = await failure { _ = try DirectoryStore(at: space.folder) }
    #expect(asFolder?.code == .unsupported && asFolder?.remedy?.contains("shared:") == true)
    let folder = scratch.path.appending("folder")
    try await StoreConformance.make(SamplePlans.recipe(1), in: try DirectoryStore(at: folder))
    let asShared = await failure {
      _ = try SharedStore(in: DirectorySpace(folder), cache: scratch.path.appending("c"))
    }
    #expect(asShared?.code == .unsupported)
    let pictures = scratch.path.appending("pictures")
    try TestFile.makeFolders(pictures)
    try TestFile.write("me", to: pictures.appending("me.jpg"))
    let amongPictures = await failure {
      let space = DirectorySpace(pictures)
      _ = try SharedStore(in: space, cache: scratch.path.appending("d")).stage(ending: "mp4")
    }
    #expect(amongPictures?.message.contains("me.jpg") == true)
    #expect(TestFile.names(in: pictures) == ["me.jpg"])
  }

  @Test("One run at a time counts against a month's ceiling, on all machines")
  func month() async throws {
    let (one, other) = (try machine(), try machine())
    let hold = try #require(try one.holdMonth())
    #expect(try await OwnThread.run { _ in try other.holdMonth() == nil })
    hold.release()
    #expect(try await OwnThread.run { _ in try other.holdMonth() != nil })
  }
}
