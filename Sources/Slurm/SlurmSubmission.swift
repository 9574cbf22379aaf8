internal import KeyreelCore

/// Brings the jobs of one work into Slurm, each once, whoever else is submitting the same.
///
/// Slurm's controller is the one judge: jobs are submitted held, then everybody looks at the same list,
/// and of two jobs for the same part the one that came first stays. Nothing is noted anywhere else, so
/// nothing can be noted wrongly.
public struct SlurmSubmission: Sendable {
  /// What became of it.
  public struct Outcome: Sendable {
    /// The work's jobs and tasks that have not ended.
    public var active: [SlurmJob]
    /// The parts that were submitted now.
    public var submitted: Set<Int>
    /// Whether the film's job was submitted now.
    public var submittedFilm: Bool
  }

  private let slurm: SlurmPrograms
  private let work: SlurmWork
  private let setting: SlurmSetting
  /// How many parts the plan is divided into.
  private let parts: Int

  /// The jobs of `work`, divided into `parts`, run as `setting` says.
  public init(_ work: SlurmWork, parts: Int, setting: SlurmSetting, slurm: SlurmPrograms) {
    self.work = work
    self.parts = parts
    self.setting = setting
    self.slurm = slurm
  }

  /// Sees to it that a task works on each of `missing`, and that a job behind them makes the film.
  ///
  /// May be called any number of times, also after any failure: what is there is found.
  public func submit(_ missing: Set<Int>) async throws -> Outcome {
    var active = try await dropUseless(try await activeJobs(), missing)
    let uncovered = missing.subtracting(active.compactMap(\.part))
    let arrays = try await submitClips(uncovered)
    if !arrays.isEmpty { active = try await dropDoubles(of: arrays) }
    let mine = active.filter { arrays.contains($0.job) }
    try await release(active)
    let submittedFilm = try await submitFilm(behind: active, anew: !mine.isEmpty)
    return Outcome(
      active: try await activeJobs(), submitted: Set(mine.compactMap(\.part)),
      submittedFilm: submittedFilm)
  }

  private func activeJobs() async throws -> [SlurmJob] {
    try await slurm.jobs().filter { $0.note.work == work && $0.isActive }
  }

  /// Ends tasks that wait to make what others have made since; the film would wait for them.
  private func dropUseless(
    _ active: [SlurmJob], _ missing: Set<Int>
  ) async throws -> [SlurmJob] {
    let useless = active.filter { task in
      task.isPending && task.part.map { !missing.contains($0) } ?? false
    }
    try await slurm.cancel(useless.map(\.id))
    let dropped = Set(useless.map(\.id))
    return active.filter { !dropped.contains($0.id) }
  }

  /// One array for every so many parts as an array may have tasks here; returns their ids.
  private func submitClips(_ uncovered: Set<Int>) async throws -> [Int] {
    guard !uncovered.isEmpty else { return [] }
    let highest = try await slurm.highestIndex()
    var ids: [Int] = []
    for from in stride(from: 0, to: parts, by: highest) {
      let tasks = uncovered.filter { (from + 1...from + highest).contains($0) }.map { $0 - from }
      guard !tasks.isEmpty else { continue }
      let order = SlurmOrder(
        note: SlurmNote(.clips(parts: parts, from: from), of: work), tasks: tasks,
        atOnce: setting.atOnce, after: [], setting: setting)
      do { ids.append(try await slurm.submit(order)) } catch {
        // All or nothing: arrays that stayed held would wait for the next submit.
        try? await slurm.cancel(ids.map(String.init))
        throw error
      }
    }
    return ids
  }

  /// Ends those tasks of `arrays` that an older job does too; returns what then is active.
  private func dropDoubles(of arrays: [Int]) async throws -> [SlurmJob] {
    // Somebody else may have let them go, and they may have ended already.
    let own = try await slurm.jobs(ended: true).filter { $0.note.work == work }
    let listed = Set(own.map(\.job))
    guard arrays.allSatisfy(listed.contains) else { throw Self.lost(arrays) }
    let active = own.filter(\.isActive)
    let doubles = active.filter { task in
      arrays.contains(task.job)
        && active.contains { $0.part == task.part && $0.job != task.job && $0.isOlder(than: task) }
    }
    try await slurm.cancel(doubles.map(\.id))
    let dropped = Set(doubles.map(\.id))
    return active.filter { !dropped.contains($0.id) }
  }

  /// Lets go all that is held: ours, and what somebody submitted who died before letting it go.
  private func release(_ jobs: [SlurmJob]) async throws {
    let held = jobs.filter(\.isHeld)
    // A whole array where all of it is held, or a command line of thousands of words.
    var ids: [String] = []
    for (job, tasks) in Dictionary(grouping: held, by: \.job).sorted(by: { $0.key < $1.key }) {
      let isWhole = tasks.count == jobs.count { $0.job == job }
      ids += isWhole ? ["\(job)"] : tasks.map(\.id)
    }
    try await slurm.release(ids)
  }

  /// Sees to it that one job makes the film behind all of `active`; `true` when it is a new one.
  private func submitFilm(behind active: [SlurmJob], anew: Bool) async throws -> Bool {
    let arrays = Set(active.filter { $0.part != nil }.map(\.job)).sorted()
    let films = active.filter { $0.note.role == .film }
    if let waiting = films.first(where: \.isPending) {
      // It waits for those only that were there when it came; if it has begun meanwhile, another follows.
      guard anew else { return false }
      do {
        try await slurm.wait(waiting.job, for: arrays)
        return false
      } catch let error as OperationError where !error.isRetryable {}
    }
    guard anew || films.isEmpty else { return false }
    let id = try await slurm.submit(
      SlurmOrder(
        note: SlurmNote(.film, of: work), tasks: [], atOnce: nil, after: arrays, setting: setting))
    let now = try await slurm.jobs(ended: true).filter { $0.note.work == work }
    guard let own = now.first(where: { $0.job == id }) else { throw Self.lost([id]) }
    let older = now.first { other in
      other.note.role == .film && other.job != id && other.isPending && other.isOlder(than: own)
    }
    guard let older else {
      try await release([own])
      return true
    }
    try await slurm.cancel(["\(id)"])
    if anew { try await slurm.wait(older.job, for: arrays) }
    try await release([older])
    return false
  }

  private static func lost(_ ids: [Int]) -> OperationError {
    OperationError(
      .init("slurm"),
      "Slurm took \(ids.count == 1 ? "a job" : "jobs") (\(ids.map(String.init).joined(separator: ", "))) "
        + "and does not list \(ids.count == 1 ? "it" : "them") under name and comment",
      remedy: "submit again; if it stays so, this site changes the comments of jobs, and Keyreel "
        + "cannot find its own", isRetryable: true)
  }
}
