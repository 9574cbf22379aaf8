internal import Execution
internal import Keyframes
internal import KeyreelCore
internal import Media
internal import Reporting
internal import Storage

/// Clips that start from the last frame of another one.
extension Reconciliation {
  /// Fetches the bought clips that others, not begun here, start from; tells whether one came.
  ///
  /// What such a one would have sent can be known only from the clip before it: without this, a run
  /// after a lost disk would buy it again. Buys nothing.
  func fetchLinks() async throws -> Bool {
    let open = try openCases()
    let needed = Set(open.filter { $0.state == .open }.compactMap(\.job).flatMap(\.needs))
    let links = Set(
      open.compactMap { item in
        if case .ticketed = item.state, needed.contains(item.key) { item.key } else { nil }
      })
    guard !links.isEmpty else { return false }
    let clips = links.count == 1 ? "clip that another starts" : "clips that others start"
    reporter.report(.remark("fetching \(links.count) bought \(clips) from"))
    let executor = PlanExecutor(
      store: work.store, backend: try work.paidMaker(), pictures: work.library,
      inspector: StrictInspector(measuresEdges: true), reporter: ReporterGroup([]),
      purse: Purse(ceilings: [.zero]))
    let result = await executor.run(part(of: plan, with: links))
    for failure in result.failures {
      reporter.report(.warning("\(failure.take.segment): \(failure.error)"))
    }
    if result.summary.wasInterrupted {
      throw CommandFailure(OperationError(.interrupted, "stopped on request"), .interrupted)
    }
    return try CommandFailure.atStore {
      try links.contains { try work.store.receipt(for: $0) != nil }
    }
  }

  /// `plan` with only the takes in `keys`.
  private func part(of plan: Plan, with keys: Set<RecipeKey>) -> Plan {
    var part = plan
    for film in part.films.indices {
      for segment in part.films[film].segments.indices {
        part.films[film].segments[segment].takes.removeAll { !keys.contains($0.key) }
      }
    }
    return part
  }

  /// The picture of `use`; `nil` where it is the last frame of a clip that is not in the store.
  func picture(_ use: KeyframeUse) async throws -> FittedPicture? {
    guard case .rendered(let key) = use.recipe.origin else {
      return try await work.library.picture(use)
    }
    guard
      let clip = try CommandFailure.atStore({
        try work.store.receipt(for: key).map(work.store.clip)
      })
    else { return nil }
    return try await work.library.lastFrame(of: clip, canvas: use.recipe.canvas)
  }
}
