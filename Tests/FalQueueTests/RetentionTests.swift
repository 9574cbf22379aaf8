import FalQueue
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@Suite("What is past its time goes, and nothing else")
struct RetentionTests {
  private let day = Duration.seconds(86_400)

  @Test("Payloads go after thirty days, or an hour when not to be stored; jobs stay known longer")
  func payloads() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    try await queue.finish(.sample("kept"))
    try await queue.finish(.sample("unstored") { $0.keepsPayloads = false })
    try await queue.submit(.sample("waiting"))
    bench.clock.advance(by: .seconds(3599))
    #expect(try await queue.sweep() == SweepReport())
    bench.clock.advance(by: .seconds(1))
    #expect(try await queue.sweep().payloads == 1)
    #expect(try await queue.result(of: "unstored")?.payloads.output == nil)
    bench.clock.advance(by: day * 30)
    #expect(try await queue.sweep().payloads == 1)
    #expect(try await queue.job("kept")?.statusCode == 200)
    #expect(try await queue.result(of: "waiting")?.payloads.input != nil)
    bench.clock.advance(by: day * 400)
    #expect(try await queue.sweep().jobs == 2)
    #expect(try await queue.job("kept") == nil)
    #expect(try await queue.job("waiting") != nil)
    #expect(try await queue.billingEvents(BillingFilter())?.items == [])
    #expect(try await queue.integrityProblems() == [])
  }

  @Test("A result stays until its webhook was told")
  func pendingWebhook() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    try await queue.finish(
      .sample("x") { job in
        job.keepsPayloads = false
        job.webhook = "https://example.org"
      })
    bench.clock.advance(by: .seconds(4000))
    #expect(try await queue.sweep().payloads == 0)
    let delivery = try #require(try await queue.takeDueDeliveries().first)
    #expect(delivery.payloads.output != nil)
    _ = try await queue.record(.delivered, of: delivery)
    #expect(try await queue.sweep().payloads == 1)
  }

  @Test("A file is served to the end of its life and not after")
  func files() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    func make(_ life: Duration?) async throws -> StoredFile {
      let label = FileLabel(name: "f", contentType: nil, owner: "ann", life: life)
      return try await queue.newFile(label, limit: 10).finish()
    }
    let (short, long) = (try await make(.seconds(10)), try await make(nil))
    bench.clock.advance(by: .seconds(10))
    #expect(try await queue.file(short.id) == nil)
    #expect(try await queue.sweep().files == 1)
    #expect(!TestFile.exists(short.path) && TestFile.exists(long.path))
    #expect(try await queue.file(long.id) == long)
  }

  @Test("A large heap is swept in portions")
  func portions() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    for _ in 0..<5 { try await queue.finish(.sample()) }
    bench.clock.advance(by: day * 40)
    #expect(try await queue.sweep(limit: 2).payloads == 2)
    #expect(try await queue.sweep(limit: 2).payloads == 2)
    #expect(try await queue.sweep(limit: 2).payloads == 1)
  }

  @Test("Erased payloads are gone from the database file")
  func erasing() async throws {
    let bench = try TestBench()
    let queue = try await bench.open()
    let word = "unmistakable-words-of-a-prompt"
    try await queue.finish(.sample("x", input: #"{"prompt":"\#(word)"}"#))
    try await queue.submit(.sample("y"))
    #expect(try await queue.erasePayloads(of: "x"))
    #expect(try await queue.erasePayloads(of: "y") == false)
    try await queue.close()
    for name in TestFile.names(in: bench.folder) where name.hasPrefix("queue") {
      let bytes = try TestFile.read(bench.folder.appending(name))
      let isThere = String(decoding: bytes, as: UTF8.self).contains(word)
      #expect(!isThere, "\(name)")
    }
  }
}
