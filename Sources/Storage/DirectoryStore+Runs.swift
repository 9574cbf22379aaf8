public import KeyreelCore
import SystemPackage

extension DirectoryStore {
  /// Runs that are kept of each pipeline.
  private static let keptRuns = 12

  /// Keeps `record` as the latest run of `pipeline`.
  ///
  /// Older runs are forgotten, first those that neither made nor tried a clip.
  public func remember(_ record: RunRecord, pipeline: String) throws {
    try session.makeReady()
    try Disk.makeFolders(layout.runs)
    let path = layout.runs(of: pipeline)
    let lock = try FileLock.waiting(layout.runs.child("lock"))
    defer { lock.release() }
    var runs = [record] + (try storedRuns(at: path)?.runs ?? [])
    while runs.count > Self.keptRuns {
      let idle = runs.indices.dropFirst().last { runs[$0].takes.allSatisfy(\.phases.isEmpty) }
      runs.remove(at: idle ?? runs.count - 1)
    }
    try Disk.replace(
      StoreRecords.encode(StoreRecords.Runs(pipeline: pipeline, runs: runs)), at: path,
      through: try session.draft(ending: "json"))
  }

  /// The runs of `pipeline` that are remembered, the latest first.
  public func runs(of pipeline: String) throws -> [RunRecord] {
    try storedRuns(at: layout.runs(of: pipeline))?.runs ?? []
  }

  /// The pipelines that were run with this store, the one that was run last first.
  public func pipelinesRun() throws -> [String] {
    try Disk.names(in: layout.runs).filter { $0.hasSuffix(".json") }
      .compactMap { try storedRuns(at: layout.runs.child($0)) }
      .sorted {
        ($0.runs.first?.begun ?? "", $0.pipeline) > ($1.runs.first?.begun ?? "", $1.pipeline)
      }
      .map(\.pipeline)
  }

  /// The committed clip of `key` with the story of its making, or `nil`.
  public func clipRecord(for key: RecipeKey) throws -> ClipRecord? {
    try committed(key)?.story
  }

  /// Damaged memories only lose timelines; they are written anew.
  private func storedRuns(at path: FilePath) throws(OperationError) -> StoreRecords.Runs? {
    do { return try StoreRecords.read(StoreRecords.Runs.self, at: path) } catch
      where error.code == .corrupt
    { return nil }
  }
}
