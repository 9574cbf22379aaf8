import Foundation
import KeyreelCore
import KeyreelTesting
import ObjectStorage
import Storage
import SystemPackage
import Testing

/// Measured by `Benchmarks/stores`, which sets the variable; prints lines of a table.
@Suite("Speed of shared stores", .serialized)
struct StoreBenchmark {
  static let isWanted = ProcessInfo.processInfo.environment["KEYREEL_STORE_BENCHMARK"] != nil

  @Test("Operations a second, requests and bytes a segment", .enabled(if: isWanted))
  func speed() async throws {
    let scratch = try ScratchFolder()
    let grounds: [(String, any ObjectSpace)] = [
      ("shared folder", DirectorySpace(scratch.path.appending("space"))),
      ("S3, SeaweedFS", try await SharedServer.space()),
    ]
    for (name, space) in grounds {
      try await operations(name, space)
      try await segments(name, space, scratch)
    }
  }

  private func operations(_ name: String, _ space: any ObjectSpace) async throws {
    let bytes = [UInt8](repeating: 120, count: 2000)
    for width in [1, 8] {
      let round = "\(name.prefix(2))-\(width)"
      try await row("\(name), create 2 KB, \(width) at once", 400, width) {
        _ = try space.create("claims/\(round)/\($0 % 16)/\($0).json", bytes)
      }
      try await row("\(name), read 2 KB, \(width) at once", 400, width) {
        _ = try space.read("claims/\(round)/\($0 % 16)/\($0).json")
      }
      try await row("\(name), list 25 names, \(width) at once", 200, width) {
        _ = try space.names(under: "claims/\(round)/\($0 % 16)/")
      }
      try await row("\(name), swap a register, \(width) at once", 200, width) {
        _ = try space.swap("owners/\(round)-\($0)", bytes, expecting: nil)
      }
    }
  }

  private func row(
    _ what: String, _ count: Int, _ width: Int, _ body: @escaping @Sendable (Int) throws -> Void
  ) async throws {
    let time = try await ContinuousClock().measure {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<width {
          group.addTask {
            try await OwnThread.run { _ in
              for index in stride(from: worker, to: count, by: width) { try body(index) }
            }
          }
        }
        try await group.waitForAll()
      }
    }
    print("| \(what) | \(Int(Double(count) / (time / .seconds(1)))) a second |")
  }

  /// Whole segments: claim, intent, ticket, clip, receipt, release, as a run writes them.
  private func segments(
    _ name: String, _ space: any ObjectSpace, _ scratch: ScratchFolder
  ) async throws {
    let counting = CountingSpace(space)
    let store = try SharedStore(
      in: counting, cache: scratch.path.appending("cache-\(name.prefix(2))"))
    try await StoreConformance.make(SamplePlans.recipe(0), in: store)
    counting.reset()
    let count = 100
    let clip = Locked(0)
    let time = try await ContinuousClock().measure {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<8 {
          group.addTask {
            for number in stride(from: worker + 1, through: count, by: 8) {
              let receipt = try await StoreConformance.make(SamplePlans.recipe(number), in: store)
              clip.withLock { $0 += receipt.byteCount }
            }
          }
        }
        try await group.waitForAll()
      }
    }
    let (requests, bytes) = counting.counted
    let records = (bytes - clip.withLock { $0 }) / count
    print(
      "| \(name), whole segments, 8 at once | \(Int(Double(count) / (time / .seconds(1)))) a second |"
    )
    print("| \(name), calls of the space a segment | \(Double(requests * 10 / count) / 10) |")
    print("| \(name), bytes written a segment beside its clip | \(records) |")
  }
}
