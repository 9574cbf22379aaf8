import Foundation
import KeyreelCore
import Synchronization
import SystemPackage
import Testing

@testable import AnimaticBackend

@Suite("Orders and tickets of the animatic backend")
struct BackendTests {
  static let size = PixelSize(width: 64, height: 48)
  static let order = GenerationOrder.sample(
    .clouds(size, seed: 1), .clouds(size, seed: 1, x: 5), frames: 12)

  @Test("A ticket that nobody gave is lost, not made up")
  func lost() async throws {
    let backend = AnimaticBackend()
    let foreign = Ticket(id: "gone", endpoint: "animatic", backend: backend.identity)
    let error = await #expect(throws: OperationError.self) {
      try await backend.collect(foreign, into: "/nowhere/clip.mp4") { _ in }
    }
    #expect(error?.code == .ticketLost)
  }

  @Test("A plain backend does not honour a quirky backend's ticket")
  func otherBackend() async throws {
    let quirky = AnimaticBackend(.quirky)
    let ticket = try await quirky.submit(try await quirky.prepare(Self.order))
    let error = await #expect(throws: OperationError.self) {
      try await AnimaticBackend().collect(ticket, into: "/nowhere/clip.mp4") { _ in }
    }
    #expect(error?.code == .ticketLost)
  }

  @Test("A ticket can be collected again, with the same result")
  func again() async throws {
    try await withFolder { folder in
      let backend = AnimaticBackend()
      let ticket = try await backend.submit(try await backend.prepare(Self.order))
      let (one, two) = (folder.appending("1.mp4"), folder.appending("2.mp4"))
      _ = try await backend.collect(ticket, into: one) { _ in }
      _ = try await backend.collect(ticket, into: two) { _ in }
      #expect(try bytes(of: one) == bytes(of: two))
    }
  }

  @Test("Pictures of delivered clips do not pile up")
  func bounded() async throws {
    var desk = OrderDesk()
    let ids = (0..<50).map { _ in desk.take(Self.order) }
    for id in ids { desk.delivered(id) }
    #expect(desk.orders.count == 8 && Set(ids).count == 50)
  }

  /// Who wants the work to stop.
  enum Stopper: String, CaseIterable { case ticket, task }

  @Test(
    "A cancelled clip stops at once, and nothing is left on the disk", arguments: Stopper.allCases)
  func cancelled(by stopper: Stopper) async throws {
    try await withFolder { folder in
      let backend = AnimaticBackend(threads: 2)
      var order = Self.order
      order.recipe.frames = 1_000_000
      let ticket = try await backend.submit(try await backend.prepare(order))
      let file = folder.appending("clip.mp4")
      let (steps, signal) = AsyncStream.makeStream(of: Int.self)
      let work = Task {
        try await backend.collect(ticket, into: file) { progress in
          if case .rendering(let done, _) = progress { signal.yield(done) }
        }
      }
      for await done in steps where done > 8 { break }
      switch stopper {
      case .ticket: await backend.cancel(ticket)
      case .task: work.cancel()
      }
      let error = await #expect(throws: OperationError.self) { try await work.value }
      #expect(error?.code == .interrupted)
      #expect(!FileManager.default.fileExists(atPath: file.string))
    }
  }

  @Test("Progress rises to the last frame")
  func progress() async throws {
    try await withFolder { folder in
      let steps = Mutex<[Int]>([])
      try await make(
        folder.appending("clip.mp4"), Self.order.first, Self.order.last, frames: 40,
        progress: { step in
          if case .rendering(let done, 40) = step { steps.withLock { $0.append(done) } }
        })
      let seen = steps.withLock { $0 }
      #expect(seen.first == 0 && seen.last == 40 && seen == seen.sorted())
      #expect(seen.count > 4 && Set(seen).count == seen.count)
    }
  }

  @Test("What H.264 cannot hold is refused with a remedy", arguments: ["65x48", "64x8"])
  func canvas(text: String) async throws {
    let size = try #require(PixelSize(text))
    let order = GenerationOrder.sample(.flat(size, 9), .flat(size, 9), frames: 3)
    let error = await #expect(throws: OperationError.self) {
      try await AnimaticBackend().prepare(order)
    }
    #expect(error?.code == .unsupported && error?.remedy != nil)
  }

  @Test("A clip of one frame is refused, because it cannot begin and end on two pictures")
  func single() async throws {
    let order = GenerationOrder.sample(Self.order.first, Self.order.last, frames: 1)
    let error = await #expect(throws: OperationError.self) {
      try await AnimaticBackend().prepare(order)
    }
    #expect(error?.code == .unsupported)
  }

  @Test("A folder that is not there is named")
  func noFolder() async throws {
    let error = await #expect(throws: OperationError.self) {
      try await make("/nowhere/at/all.mp4", Self.order.first, Self.order.last, frames: 3)
    }
    #expect(error?.code == .notFound && error?.message.contains("/nowhere/at/all.mp4") == true)
  }
}
