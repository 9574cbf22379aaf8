public import KeyreelCore
import SystemPackage

/// What every ``ObjectSpace`` promises, each promise a check of its own on an empty space.
public enum SpaceConformance {
  /// One promise.
  public struct Law: Sendable, CustomStringConvertible {
    /// The promise, in words.
    public let description: String
    private let body: @Sendable (any ObjectSpace) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (any ObjectSpace) async throws -> Void)
    {
      self.description = description
      self.body = body
    }

    /// Checks the promise; throws a ``BrokenPromise`` when it is not kept.
    public func check(_ space: any ObjectSpace) async throws { try await body(space) }
  }

  /// All promises.
  public static let laws: [Law] =
    objectLaws + registerLaws + [
      Law("The probe finds nothing wrong and leaves nothing behind") { space in
        try space.probe()
        try promise(try space.names(under: "").isEmpty, "nothing is left")
      }
    ]

  static let objectLaws: [Law] = [
    Law("An object is written once and given back byte for byte") { space in
      try promise(try space.read("a/b") == nil, "nothing is there")
      for count in [0, 1, 5000, 300_000] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
        try promise(try space.create("a/\(count).json", bytes), "a new name is taken")
        try promise(try !space.create("a/\(count).json", [1]), "a second one is refused")
        try promise(try space.read("a/\(count).json") == bytes, "\(count) bytes come back")
      }
      try space.remove("a/1.json")
      try space.remove("a/1.json")
      try promise(try space.read("a/1.json") == nil, "what was removed is gone")
    },
    Law("A file is uploaded once, checked against its digest, and fetched whole") { space in
      let folder = try ScratchFolder()
      for count in [10, 1 << 20, 11 << 20] {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
          for index in 0..<count {
            buffer[index] = UInt8(truncatingIfNeeded: index &* 7 + index >> 9)
          }
          done = count
        }
        let (file, back) = (
          folder.path.appending("\(count)"), folder.path.appending("\(count)-back")
        )
        try TestFile.write(bytes, to: file)
        let (digest, name) = (Digest.of(bytes), "objects/\(count).mp4")
        let isNew = try space.upload(file, digest: digest, byteCount: count, as: name)
        try promise(isNew, "\(count) bytes are uploaded")
        let isNewAgain = try space.upload(file, digest: digest, byteCount: count, as: name)
        try promise(!isNewAgain, "and only once")
        try promise(try space.fetch(name, to: back) == digest, "the digest of what comes is told")
        try promise(try TestFile.read(back) == bytes, "the bytes are the same")
      }
      let missing = try space.fetch("objects/none", to: folder.path.appending("none"))
      try promise(
        missing == nil && !TestFile.exists(folder.path.appending("none")), "nothing comes")
    },
    Law("Names are listed by their beginning, however many there are") { space in
      for number in 0..<30 { _ = try space.create("claims/ab/\(100 + number)/x.json", [1]) }
      _ = try space.create("claims/cd/1.json", [1])
      _ = try space.swap("claims/ab/100/lease", [1], expecting: nil)
      let names = try space.names(under: "claims/ab/")
      try promise(names.count == 31 && names == names.sorted(), "\(names.count) of 31")
      let own = try space.names(under: "claims/ab/100/")
      try promise(own == ["claims/ab/100/lease", "claims/ab/100/x.json"], "\(own)")
      try promise(try space.names(under: "films/").isEmpty, "a beginning that nobody has")
    },
    Law("Of eight that race for one name exactly one has it, twenty times") { space in
      for round in 0..<20 {
        let winners = try await race { number in
          try space.create("race/\(round)", Array("writer \(number)".utf8)) ? number : nil
        }
        try promise(winners.count == 1, "round \(round) was won by \(winners)")
        let bytes = try space.read("race/\(round)")
        try promise(bytes == Array("writer \(winners[0])".utf8), "the winner's bytes are there")
      }
    },
  ]

  static let registerLaws: [Law] = [
    Law("A register is swapped by who has seen its value, and by nobody else") { space in
      try promise(try space.register("r") == nil, "an empty register")
      try promise(try space.swap("r", [9], expecting: "1") == nil, "nothing to be replaced")
      guard let first = try space.swap("r", [1], expecting: nil) else {
        throw BrokenPromise("an empty register takes a value")
      }
      try promise(try space.swap("r", [2], expecting: nil) == nil, "it is not empty any more")
      let value = RegisterValue(bytes: [1], version: first)
      try promise(try space.register("r") == value, "value and version are told")
      guard let second = try space.swap("r", [2], expecting: first) else {
        throw BrokenPromise("who has seen the value may replace it")
      }
      try promise(try space.swap("r", [3], expecting: first) == nil, "an old version is of no use")
      try promise(
        try space.register("r") == RegisterValue(bytes: [2], version: second), "as written")
      try space.remove("r")
      try promise(try space.register("r") == nil, "a removed register is empty")
    },
    Law("Of eight that race for one swap exactly one does it, twenty times") { space in
      var version: String?
      for round in 0..<20 {
        let expected = version
        let winners = try await race { number in
          try space.swap("r", Array("\(round) \(number)".utf8), expecting: expected)
        }
        try promise(winners.count == 1, "round \(round): \(winners.count) winners")
        version = winners[0]
        try promise(try space.register("r")?.version == version, "the winner's version is there")
      }
    },
  ]

  /// What eight threads at once came to, those without a result left out.
  private static func race<Value: Sendable>(
    _ body: @escaping @Sendable (Int) throws -> Value?
  ) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      for number in 0..<8 {
        group.addTask { try await OwnThread.run { _ in try body(number) } }
      }
      return try await group.reduce(into: []) { values, value in
        if let value { values.append(value) }
      }
    }
  }
}
