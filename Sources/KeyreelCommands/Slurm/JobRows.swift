internal import Execution
internal import KeyreelCore
internal import Reporting
internal import Slurm

/// The jobs of one work as lines: for each part, and for the film, the job that counts.
struct JobRows {
  /// The folder of the logs, as people find it; `nil` where nobody needs them.
  var logs: String?
  private let jobs: [SlurmJob]
  private let parts: Int?
  private var counts: [Int: JobsReport.Count] = [:]

  /// Lines for `jobs`; those that ended count where no other works on the same.
  init(_ jobs: [SlurmJob]) {
    self.jobs = jobs
    parts = SlurmParts.number(of: jobs) ?? jobs.last { $0.part != nil }?.note.parts
  }

  /// Counts the clips of each part of `plan`.
  mutating func count(_ plan: Plan, missing: Set<RecipeKey>) {
    guard let parts else { return }
    for shard in Shard.all(of: parts) {
      let keys = plan.keys(of: shard)
      guard !keys.isEmpty else { continue }
      counts[shard.number] = .init(keys.subtracting(missing).count, of: keys.count)
    }
  }

  /// Whether something is missing that no job works on.
  func lacksJobs(filmIsThere: Bool) -> Bool {
    guard !filmIsThere else { return false }
    let active = jobs.filter(\.isActive)
    let parts = Set(active.compactMap(\.part))
    return !active.contains { $0.note.role == .film }
      || counts.contains { $0.value.isShort && !parts.contains($0.key) }
  }

  /// A line for each part that has clips or a job, and one for the film.
  var rows: [JobsReport.Row] {
    guard !jobs.isEmpty else { return [] }
    var rows: [JobsReport.Row] = []
    if let parts {
      for number in 1...parts {
        let job = Self.current(jobs.filter { $0.part == number && $0.note.parts == parts })
        guard job != nil || counts[number] != nil else { continue }
        var row = row("part \(number)/\(parts)", job)
        row.clips = counts[number]
        if job == nil, counts[number]?.isShort == false { row.state = "done" }
        rows.append(row)
      }
    }
    return rows + [row("film", Self.current(jobs.filter { $0.note.role == .film }))]
  }

  private func row(_ makes: String, _ job: SlurmJob?) -> JobsReport.Row {
    var row = JobsReport.Row(makes: makes)
    guard let job else { return row }
    row.job = job.id
    row.state = job.state.lowercased()
    row.nodes = job.nodes
    if job.isPending {
      row.note = job.reason
    } else if !job.isActive, job.state != "COMPLETED", let logs {
      row.note = "\(logs)/\(job.logName)"
    }
    return row
  }

  /// The one that works, or else the last one that did.
  private static func current(_ jobs: [SlurmJob]) -> SlurmJob? {
    let order = jobs.sorted { ($0.submitted, $0.job) < ($1.submitted, $1.job) }
    return order.first(where: \.isActive) ?? order.last
  }
}
