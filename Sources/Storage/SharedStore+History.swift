public import KeyreelCore
import SystemPackage

/// What pipelines were last made with: one register for each, merged by whoever writes.
extension SharedStore {
  /// Remembers what the segments of `pipeline` were last made with, for later explanations.
  public func remember(_ recipes: [String: RecipeKey], pipeline: String) throws {
    try local.remember(recipes, pipeline: pipeline)
    guard access == .full, !recipes.isEmpty else { return }
    try makeReady()
    let place = historyName(pipeline)
    while true {
      let value = try space.register(place)
      let old = value.flatMap { try? StoreRecords.decode(SharedHistory.self, $0.bytes) }
      var new = old?.history ?? StoreRecords.History(pipeline: pipeline, takes: [:])
      new.takes.merge(recipes) { _, new in new }
      guard old?.history.takes != new.takes else { return }
      let record = SharedHistory(history: new, nonce: StoreRecords.nonce())
      if try space.swap(place, StoreRecords.encode(record), expecting: value?.version) != nil {
        return
      }
    }
  }

  private struct SharedHistory: Codable {
    var history: StoreRecords.History
    var nonce: String
  }

  private func historyName(_ pipeline: String) -> String { "history/\(Digest.of(pipeline).hex)" }

  /// Takes over what others remember of `pipeline`.
  func refreshHistory(of pipeline: String) throws {
    try takeOver(historyName(pipeline))
    let history = try local.history(at: local.layout.history(of: pipeline))
    let keys = Set((history?.takes ?? [:]).values)
    try mirror.refresh(keys.filter { !Disk.exists(local.layout.claim($0).receipt) })
  }

  /// Takes over what others remember of all pipelines.
  func refreshHistories() throws {
    for place in try space.names(under: "history/") { try takeOver(place) }
  }

  private func takeOver(_ place: String) throws {
    guard let value = try space.register(place),
      let record = try? StoreRecords.decode(SharedHistory.self, value.bytes)
    else { return }
    try local.remember(record.history.takes, pipeline: record.history.pipeline)
  }
}
