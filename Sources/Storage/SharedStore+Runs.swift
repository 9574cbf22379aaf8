public import KeyreelCore
import Synchronization

/// What runs did, on whatever machine: one object for each, the last ones of every pipeline.
extension SharedStore {
  private static let keptRuns = 12

  private struct SharedRun: Codable {
    var pipeline: String
    var run: RunRecord
  }

  private func runsFolder(_ pipeline: String) -> String { "runs/\(Digest.of(pipeline).hex)/" }

  /// Keeps `record` as the latest run of `pipeline`, here and for the other machines.
  public func remember(_ record: RunRecord, pipeline: String) throws {
    try local.remember(record, pipeline: pipeline)
    guard access == .full else { return }
    try makeReady()
    let folder = runsFolder(pipeline)
    // Names in the order of time.
    let name = String(record.begun.filter { ("0"..."9").contains($0) }) + "-" + StoreRecords.nonce()
    _ = try space.create(
      folder + name, StoreRecords.encode(SharedRun(pipeline: pipeline, run: record)))
    for old in try space.names(under: folder).dropLast(Self.keptRuns) { try space.remove(old) }
  }

  /// The runs of `pipeline` that are remembered, on this machine or others, the latest first.
  public func runs(of pipeline: String) throws -> [RunRecord] {
    let names = try space.names(under: runsFolder(pipeline)).suffix(Self.keptRuns)
    let elsewhere = try sharedRuns(Array(names)).map(\.run)
    var seen: Set<RunRecord> = []
    return (try local.runs(of: pipeline) + elsewhere).filter { seen.insert($0).inserted }
      .sorted { $0.begun > $1.begun }
  }

  /// The pipelines that were run with this store, the one that was run last first.
  public func pipelinesRun() throws -> [String] {
    var latest: [Substring: String] = [:]
    for name in try space.names(under: "runs/") {
      latest[name.split(separator: "/")[1]] = name
    }
    let shared = try sharedRuns(Array(latest.values))
      .sorted { ($0.run.begun, $0.pipeline) > ($1.run.begun, $1.pipeline) }.map(\.pipeline)
    return shared + (try local.pipelinesRun()).filter { !shared.contains($0) }
  }

  /// The runs at these names, in no order; what is damaged or gone only lacks in reports.
  private func sharedRuns(_ names: [String]) throws -> [SharedRun] {
    let found = Mutex<[SharedRun]>([])
    try Errands.run(names, width: Self.keptRuns) { [space] name in
      guard let bytes = try space.read(name),
        let run = try? StoreRecords.decode(SharedRun.self, bytes)
      else { return }
      found.withLock { $0.append(run) }
    }
    return found.withLock { $0 }
  }
}
