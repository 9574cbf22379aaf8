import Foundation
import KeyreelCore
import KeyreelTesting
import ModelCatalog
import Planning
import SystemPackage
import Testing

/// Profiles come from strangers: each is refused with a sentence, or films can be planned with it.
@Suite("Hostile profiles") struct HostileProfileTests {
  private static let backend = BackendIdentity(kind: "fal", origin: "queue.fal.run")

  @Test("No mutilated profile crashes the reader, the planner or the forecaster")
  func mutants() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "keyreel-mutants-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let sound = try Self.profiles()
    var random = SplitMix(seed: 16)
    var (refused, planned) = (0, 0)
    for round in 0..<300 {
      var profile: Any = sound[round % sound.count]
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        profile = Self.mutated(profile, &random)
      }
      guard JSONSerialization.isValidJSONObject(profile) else { continue }
      try JSONSerialization.data(withJSONObject: profile)
        .write(to: folder.appending(path: "mutant.json"))
      do {
        try plan(with: ModelCatalog.load(folders: [FilePath(folder.path)]), round)
        planned += 1
      } catch let error as OperationError {
        #expect(error.message.contains("mutant.json") && error.remedy != nil)
        refused += 1
      }
    }
    #expect(refused > 30 && planned > 30, "\(refused) refused, \(planned) planned with")
  }

  /// Plans three films with every model of the catalog.
  private func plan(with catalog: ModelCatalog, _ round: Int) throws {
    var generator = PlanGenerator(seed: UInt64(round))
    for model in catalog.profiles {
      let planner = Planner(profiles: catalog.profiles, defaultModel: model.id)
      for _ in 0..<3 {
        let sample = generator.sample()
        let result = planner.plan([sample.document], facts: sample.facts, backend: Self.backend)
        #expect(result.plan != nil || result.diagnostics.contains { $0.severity == .error })
        if let plan = result.plan {
          _ = Forecaster().forecast(plan, snapshot: StoreSnapshot())
        }
      }
    }
  }

  private static func profiles() throws -> [Any] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.appending(path: "schemas/models")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: $0)))
    }
  }

  private static var hostile: [Any] {
    [
      0, -1, 1, 2, 240, 1_000_000, 9_999_999, 1e19, -1e19, 1e308, Int.max, Int.min, 2.5, "",
      "9223372036854775807", "9223372036854775807/2", "1/9223372036854775807", "1000", "-1",
      "240/7",
      "0.000000001", "num_frames", "seed", "second", true, NSNull(), [Any](), [String: Any](),
    ]
  }

  /// A copy with one value, somewhere in it, replaced, removed or doubled.
  private static func mutated(_ value: Any, _ random: inout SplitMix) -> Any {
    if var object = value as? [String: Any],
      let key = object.keys.sorted().randomElement(using: &random)
    {
      if Int.random(in: 0..<12, using: &random) == 0 {
        object[key] = nil
      } else {
        object[key] = object[key].map { mutated($0, &random) }
      }
      return object
    }
    if var list = value as? [Any], let index = list.indices.randomElement(using: &random) {
      if Int.random(in: 0..<12, using: &random) == 0 {
        list.append(list[index])
      } else {
        list[index] = mutated(list[index], &random)
      }
      return list
    }
    // A value of another type is refused at once; one of the same type goes deeper.
    let alike = hostile.filter { ($0 is String) == (value is String) && !($0 is NSNull) }
    let choice = Int.random(in: 0..<8, using: &random) == 0 ? hostile : alike
    return choice.randomElement(using: &random) ?? 0
  }
}
