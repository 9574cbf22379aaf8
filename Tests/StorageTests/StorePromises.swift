import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage
import Testing

@Suite("Every store keeps its promises")
struct StorePromises {
  @Test("in a folder", arguments: StoreConformance.laws)
  func folder(_ law: StoreConformance.Law) async throws {
    let scratch = try ScratchFolder()
    try await law.check { try DirectoryStore(at: scratch.path.appending("store")) }
  }

  @Test("shared in a folder, each handle as a machine of its own", arguments: StoreConformance.laws)
  func sharedFolder(_ law: StoreConformance.Law) async throws {
    let scratch = try ScratchFolder()
    let space = DirectorySpace(scratch.path.appending("space"))
    try await law.check(
      { try SharedMachines.open(space, scratch) }, harm: SharedMachines.harm(space))
  }

  @Test("shared in memory, each handle as a machine of its own", arguments: StoreConformance.laws)
  func sharedMemory(_ law: StoreConformance.Law) async throws {
    let scratch = try ScratchFolder()
    let space = InMemorySpace()
    try await law.check(
      { try SharedMachines.open(space, scratch) }, harm: SharedMachines.harm(space))
  }

  @Test("in memory", arguments: StoreConformance.laws)
  func memory(_ law: StoreConformance.Law) async throws {
    let store = try InMemoryStore()
    try await law.check { store }
  }
}

/// Handles onto one space, each with a cache of its own, as machines have.
enum SharedMachines {
  /// Nobody dies in these tests, however slow the machine; who lives is soon known to.
  static let timing = LeaseTiming(beat: .milliseconds(500), patience: .seconds(60))

  static func open(_ space: any ObjectSpace, _ scratch: ScratchFolder) throws -> SharedStore {
    let name = String(UInt64.random(in: 0 ... .max), radix: 16)
    return try SharedStore(
      in: space, cache: scratch.path.appending("cache-\(name)"), timing: timing)
  }

  /// Damages a clip in the space and in the cache of the handle.
  static func harm(_ space: any ObjectSpace) -> StoreConformance.Harm {
    { receipt, store in
      try StoreConformance.damageFile(receipt, store)
      let name = "objects/\(receipt.digest.hex.prefix(2))/\(receipt.digest.hex).mp4"
      try space.remove(name)
      _ = try space.create(name, Array("bit rot".utf8))
    }
  }
}
