import KeyreelCore
import KeyreelTesting
import ObjectStorage
import Storage
import SystemPackage
import Testing

/// One S3 server for all tests of this process; every test has a prefix of its own.
enum SharedServer {
  /// Why what needs it does not run.
  static let absence = Comment(rawValue: ObjectServer.absence)

  private static let task = Task { try await ObjectServer() }

  static var server: ObjectServer { get async throws { try await task.value } }

  /// A space that nobody used before.
  static func space(partSize: Int = 5 << 20) async throws -> S3Space {
    let server = try await server
    let prefix = String(UInt64.random(in: 0 ... .max), radix: 16)
    return S3Space(
      try S3Address("s3://clips/\(prefix)"),
      account: try S3Account(environment: server.environment) { _ in nil },
      settings: .init(partSize: partSize, pageSize: 7))
  }
}

@Suite("Every space keeps its promises")
struct SpacePromises {
  @Test("in memory", arguments: SpaceConformance.laws)
  func memory(_ law: SpaceConformance.Law) async throws { try await law.check(InMemorySpace()) }

  @Test("in a shared folder", arguments: SpaceConformance.laws)
  func folder(_ law: SpaceConformance.Law) async throws {
    let scratch = try ScratchFolder()
    try await law.check(DirectorySpace(scratch.path.appending("space")))
  }

  @Test(
    "in a bucket of a real server", .enabled(if: ObjectServer.isWanted, SharedServer.absence),
    arguments: SpaceConformance.laws)
  func bucket(_ law: SpaceConformance.Law) async throws {
    try await law.check(try await SharedServer.space())
  }
}

@Suite(
  "A store in a bucket keeps the promises of every store",
  .enabled(if: ObjectServer.isWanted, SharedServer.absence))
struct BucketStorePromises {
  @Test("each handle as a machine of its own", arguments: StoreConformance.laws)
  func bucket(_ law: StoreConformance.Law) async throws {
    let scratch = try ScratchFolder()
    let space = try await SharedServer.space()
    let timing = LeaseTiming(beat: .milliseconds(500), patience: .seconds(60))
    try await law.check {
      let name = String(UInt64.random(in: 0 ... .max), radix: 16)
      return try SharedStore(
        in: space, cache: scratch.path.appending("cache-\(name)"), timing: timing)
    } harm: { receipt, store in
      try StoreConformance.damageFile(receipt, store)
      let name = "objects/\(receipt.digest.hex.prefix(2))/\(receipt.digest.hex).mp4"
      try space.remove(name)
      _ = try space.create(name, Array("bit rot".utf8))
    }
  }
}
