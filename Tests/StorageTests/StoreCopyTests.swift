import Glibc
import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("Copies of stores")
struct StoreCopyTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func space(_ name: String) -> DirectorySpace {
    DirectorySpace(scratch.path.appending(name))
  }

  private func machine(_ space: any ObjectSpace) throws -> SharedStore {
    try SharedMachines.open(space, scratch)
  }

  /// A store with all that a store may have: clips paid for and free, a second attempt, open claims.
  @discardableResult
  private func fill(_ store: any ProjectStore) async throws -> [Receipt] {
    store.pipeline = "lake.yaml"
    var receipts = [
      try await makePaid(1, in: store),
      try await StoreConformance.make(SamplePlans.recipe(2), in: store),
    ]
    let again = SamplePlans.recipe(3, on: SamplePlans.paid)
    let claim = try await store.claim(again, waits: false)
    try claim.begin(input: #"{"prompt": "mist"}"#, reserved: somePrice)
    try claim.accept(StoreConformance.ticket(1, of: again))
    try claim.fail("the model failed")
    try claim.begin(input: #"{"prompt": "mist"}"#, reserved: somePrice)
    try claim.accept(StoreConformance.ticket(2, of: again))
    let (file, receipt) = try stagedClip(of: again, in: store, price: somePrice)
    try claim.commit(file, receipt: receipt)
    claim.release()
    receipts.append(receipt)
    for number in 4...5 {
      let recipe = SamplePlans.recipe(number, on: SamplePlans.paid)
      let open = try await store.claim(recipe, waits: false)
      try open.begin(input: "{}", reserved: somePrice)
      if number == 5 { try open.accept(StoreConformance.ticket(5, of: recipe)) }
      open.release()
    }
    try store.remember(["film|valley/1|1": receipts[0].recipe.key], pipeline: "lake.yaml")
    return receipts
  }

  /// All that a store says of itself.
  private func story(of store: any ProjectStore) throws -> [String] {
    try store.ledger().map { "\($0)" } + store.entries().map { "\($0)" }
      + store.openClaims().map { "\($0)" } + store.histories().map { "\($0)" }
      + store.allClaims().map { "\(try store.claimRecord(of: $0)?.committed?.bytes ?? [])" }
  }

  @Test("There and back again, a copy keeps every record, every time and every byte")
  func roundTrip() async throws {
    let folder = try DirectoryStore(at: scratch.path.appending("folder"))
    let receipts = try await fill(folder)
    let grounds: [any ObjectSpace] = [space("space"), InMemorySpace()]
    for (number, ground) in grounds.enumerated() {
      let first = try await StoreCopy(from: folder, to: try machine(ground)).run()
      #expect(first.clips == 3 && first.claims == 2 && first.problems == [])
      let back = try DirectoryStore(at: scratch.path.appending("back-\(number)"))
      let second = try await StoreCopy(from: try machine(ground), to: back).run()
      #expect(second.clips == 3 && second.claims == 2 && second.problems == [])
      let expected = try story(of: folder)
      #expect(try story(of: try machine(ground)) == expected)
      #expect(try story(of: back) == expected)
      for store in [try machine(ground), back] as [any ProjectStore] {
        for receipt in receipts {
          #expect(Digest.of(try TestFile.read(try store.clip(receipt))) == receipt.digest)
        }
        #expect(try store.verify() == [])
      }
      // There is nothing that either has and the other has not.
      let again = try await StoreCopy(from: back, to: try machine(ground)).run()
      #expect(again.clips == 0 && again.claims == 0 && again.present == 5)
    }
  }

  @Test("A copy that was killed goes on where it was, also between two records of one claim")
  func killed() async throws {
    let folder = scratch.path.appending("folder")
    try await fill(try DirectoryStore(at: folder))
    let expected = try story(of: try DirectoryStore(at: folder))
    for calls in stride(from: 1, through: 61, by: 6) {
      let ground = InMemorySpace()
      let failing = FailingSpace(ground, after: calls)
      // What a machine that dies has written stays, and nothing that follows comes.
      _ = try? await StoreCopy(
        from: try DirectoryStore(at: folder), to: try machine(failing)
      ).run()
      let report = try await StoreCopy(
        from: try DirectoryStore(at: folder), to: try machine(ground)
      ).run()
      #expect(report.problems == [], "after \(calls) calls")
      #expect(try story(of: try machine(ground)) == expected, "after \(calls) calls")
    }
  }

  @Test("What a store knows by itself is not overwritten by what another one says")
  func conflict() async throws {
    let (one, other) = (try machine(space("one")), try machine(space("other")))
    try await fill(one)
    let recipe = SamplePlans.recipe(5, on: SamplePlans.paid)
    let own = try await other.claim(recipe, waits: false)
    try own.begin(input: "another", reserved: somePrice)
    try own.accept(StoreConformance.ticket(9, of: recipe))
    own.release()
    _ = try await StoreCopy(from: one, to: other).run()
    let claim = try await other.claim(recipe, waits: true)
    #expect(try claim.state == .ticketed(StoreConformance.ticket(9, of: recipe)))
    claim.release()
  }
}

/// A space that a machine loses after so many writes: all that follow fail.
private final class FailingSpace: ObjectSpace {
  private let base: any ObjectSpace
  private let left: Locked<Int>

  init(_ base: any ObjectSpace, after calls: Int) {
    self.base = base
    left = Locked(calls)
  }

  private func pass() throws {
    try left.withLock { left in
      left -= 1
      guard left >= 0 else { throw OperationError(.network, "the machine is dead") }
    }
  }

  var address: String { base.address }
  func probe() throws {}
  func read(_ name: String) throws -> [UInt8]? { try base.read(name) }
  func fetch(_ name: String, to path: FilePath) throws -> Digest? {
    try base.fetch(name, to: path)
  }
  func create(_ name: String, _ bytes: [UInt8]) throws -> Bool {
    try pass()
    return try base.create(name, bytes)
  }
  func upload(_ path: FilePath, digest: Digest, byteCount: Int, as name: String) throws -> Bool {
    try pass()
    return try base.upload(path, digest: digest, byteCount: byteCount, as: name)
  }
  func names(under prefix: String) throws -> [String] { try base.names(under: prefix) }
  func remove(_ name: String) throws { try base.remove(name) }
  func register(_ name: String) throws -> RegisterValue? { try base.register(name) }
  func swap(_ name: String, _ bytes: [UInt8], expecting expected: String?) throws -> String? {
    // An owner's signs of life end with it, and a lease that it let go is free.
    if name.hasPrefix("claims/") || name.hasPrefix("owners/") {
      return try base.swap(name, bytes, expecting: expected)
    }
    try pass()
    return try base.swap(name, bytes, expecting: expected)
  }
}
