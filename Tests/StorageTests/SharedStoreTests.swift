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

  /// Takes the only owner for dead, as somebody does who has watched it in vain.
  private func fence() throws {
    let owner = try #require(try space.names(under: "owners/").first)
    // The sign may change at any moment; then another one is taken.
    while true {
      let sign = try #require(try space.register(owner))
      let text = String(decoding: sign.bytes, as: UTF8.self)
      let fence = text.replacing("{", with: #"{"fencedBy": "other","#, maxReplacements: 1)
      if try space.swap(owner, Array(fence.utf8), expecting: sign.version) != nil { return }
    }
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
    try fence()
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

  @Test("Who lost the month's budget while it was not heard of buys nothing more")
  func lostMonth() async throws {
    let store = try machine()
    let hold = try #require(try store.holdMonth())
    try fence()
    // It learns so at its next sign. The clips have leases of a new life then; the budget has not.
    var error: OperationError?
    var number = 0
    while error == nil {
      number += 1
      let recipe = SamplePlans.recipe(number, on: SamplePlans.paid)
      let claim = try await store.claim(recipe, waits: true)
      do { try claim.begin(input: "{}", reserved: somePrice) } catch let thrown as OperationError {
        error = thrown
      }
      claim.release()
    }
    #expect(error?.code == .busy)
    hold.release()
    let recipe = SamplePlans.recipe(number + 1, on: SamplePlans.paid)
    let claim = try await store.claim(recipe, waits: true)
    try claim.begin(input: "{}", reserved: somePrice)
    claim.release()
  }

  @Test("Every machine tells of the last runs of all")
  func runs() async throws {
    let (one, other) = (try machine(), try machine())
    let backend = SamplePlans.free
    for number in 10...30 {
      var run = RunRecord(begun: "2026-11-23T03:00:\(number)Z", backend: backend, tool: "1")
      run.milliseconds = number
      try (number % 2 == 0 ? one : other).remember(run, pipeline: "lake.yaml")
    }
    try one.remember(
      RunRecord(begun: "2026-11-24T00:00:00Z", backend: backend, tool: "1"), pipeline: "sea.yaml")
    for store in [one, other, try machine()] {
      #expect(
        try store.runs(of: "lake.yaml").prefix(12).map(\.milliseconds)
          == Array((19...30).reversed()))
      #expect(try store.pipelinesRun() == ["sea.yaml", "lake.yaml"])
    }
    #expect(try space.names(under: "runs/").count == 13, "old runs are not kept for ever")
    #expect(try machine().runs(of: "other.yaml") == [])
  }

  @Test("Drafts of machines that died days ago are swept, those of today stay")
  func drafts() async throws {
    try await StoreConformance.make(SamplePlans.recipe(1), in: try machine())
    let drafts = space.folder.appending("drafts")
    for (name, days) in [("old", 3), ("new", 1)] {
      try TestFile.write("half a clip", to: drafts.appending(name))
      var times = [timespec(), timespec()]
      for index in times.indices { times[index].tv_sec = time(nil) - days * 86_400 }
      #expect(utimensat(AT_FDCWD, drafts.appending(name).string, times, 0) == 0)
    }
    _ = try machine().stage(ending: "mp4")
    #expect(TestFile.names(in: drafts) == ["new"])
  }

  @Test("A look at hundreds of clips is a few questions, and not one for each")
  func lookUps() async throws {
    let ground = InMemorySpace()
    let counting = CountingSpace(ground)
    let maker = try SharedMachines.open(ground, scratch)
    for number in 1...40 {
      try await StoreConformance.make(SamplePlans.recipe(number), in: maker)
    }
    let keys = (1...300).map { SamplePlans.recipe($0).key }
    let store = try SharedMachines.open(counting, scratch)
    counting.reset()
    #expect(try store.snapshot(of: keys, pipeline: "a").committed.count == 40)
    try store.lookUp(keys)
    // The receipts that are new here, and a listing or two.
    #expect(counting.counted.calls < 60, "\(counting.counted.calls) calls")
    let found = try keys.filter { try store.receipt(for: $0) != nil }
    let open = try keys.filter { try store.openClaim($0) != nil }
    #expect(found.count == 40 && open.isEmpty)
    // So is one at a store that another one stands behind.
    let guest = try SharedStore(
      in: InMemorySpace(), cache: scratch.path.appending("guest"), alsoReading: [counting],
      timing: SharedMachines.timing)
    counting.reset()
    #expect(try guest.snapshot(of: keys, pipeline: "a").committed.count == 40)
    #expect(counting.counted.calls < 60, "\(counting.counted.calls) calls")
  }
}
