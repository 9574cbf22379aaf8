import FalQueue
import KeyreelTesting
import SystemPackage
import Testing

@Suite("A key opens the server to its holder alone")
struct KeyTests {
  @Test("The secret is told once, works until it is revoked, and is nowhere on the disk")
  func secrets() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let (key, secret) = try await queue.createKey(named: "ann's laptop")
    let (other, _) = try await queue.createKey(named: "other")
    #expect(secret.utf8.count == 32)
    #expect(queue.authenticate(id: key.id, secret: secret) == key)
    #expect(queue.authenticate("\(key.id):\(secret)") == key)
    for wrong in [
      "", key.id, "\(key.id):", "\(key.id):\(secret)0", "\(other.id):\(secret)", "x:\(secret)",
    ] {
      #expect(queue.authenticate(wrong) == nil)
    }
    try await queue.close()
    for name in TestFile.names(in: bench.folder) where name.hasPrefix("queue") {
      let bytes = try TestFile.read(bench.folder.appending(name))
      #expect(!String(decoding: bytes, as: UTF8.self).contains(secret))
    }
    let again = try await bench.open()
    #expect(again.authenticate(id: key.id, secret: secret) == key)
    #expect(try await again.revokeKey(key.id))
    #expect(try await again.revokeKey(key.id) == false)
    #expect(again.authenticate(id: key.id, secret: secret) == nil)
    #expect(again.keys.map(\.name).sorted() == ["ann's laptop", "other"])
    #expect(again.keys.first { $0.id == key.id }?.revokedAt == bench.clock.now)
  }

  @Test("A key chosen elsewhere is taken in")
  func imported() async throws {
    let queue = try await TestBench().open()
    try await queue.importKey(id: "me", secret: "a:b", named: "environment")
    #expect(queue.authenticate("me:a:b")?.name == "environment")
    try await queue.importKey(id: "me", secret: "c", named: "environment")
    #expect(queue.authenticate("me:a:b") == nil)
    #expect(queue.authenticate("me:c") != nil && queue.keys.count == 1)
  }

  @Test("A secret is made once and stays")
  func slots() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let seed = try await queue.secret(named: "webhook") { [1, 2, 3] }
    try await queue.close()
    let again = try await bench.open()
    #expect(try await again.secret(named: "webhook") { [9] } == seed)
    #expect(try await again.secret(named: "other") { [9] } == [9])
  }
}
