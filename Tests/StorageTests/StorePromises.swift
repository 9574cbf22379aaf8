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

  @Test("in memory", arguments: StoreConformance.laws)
  func memory(_ law: StoreConformance.Law) async throws {
    let store = try InMemoryStore()
    try await law.check { store }
  }
}
