/// A job, or one task of a job array, as `squeue` lists it.
public struct SlurmJob: Hashable, Sendable {
  /// What people call it: `12`, or `12_3` for a task.
  public let id: String
  /// The job, or the array that it is a task of.
  public let job: Int
  /// Its number in the array.
  public let index: Int?
  /// Slurm's word for its state, `PENDING`.
  public let state: String
  /// Why it waits, in Slurm's words.
  public let reason: String
  /// Where it runs or ran.
  public let nodes: String
  /// When it was submitted, by the controller's clock.
  public let submitted: String
  /// What its name and comment say.
  public let note: SlurmNote

  /// What `squeue --format` is given; the comment stands last, since it may hold anything.
  static let format = "%i|%F|%K|%T|%r|%N|%V|%j|%k"

  /// Reads one line of that format; `nil` for lines that tell of no job of ours.
  public init?(line: some StringProtocol) {
    let fields: [String] = String(line)
      .split(separator: "|", maxSplits: 8, omittingEmptySubsequences: false).map { String($0) }
    guard fields.count == 9, let job = Int(fields[1]),
      let note = SlurmNote(name: fields[7], comment: fields[8])
    else { return nil }
    id = fields[0]
    self.job = job
    index = Int(fields[2])
    state = fields[3]
    reason = fields[4]
    nodes = fields[5]
    submitted = fields[6]
    self.note = note
  }

  /// The part whose clips it makes, 1-based; `nil` for the film's job.
  public var part: Int? {
    guard case .clips(_, let from) = note.role, let index else { return nil }
    return from + index
  }

  /// The name of the file that it writes to, in its work's folder.
  public var logName: String {
    index.map { "clips-\(job)_\($0).log" } ?? "film-\(id).log"
  }

  /// Whether it has not ended: it waits or runs.
  ///
  /// One that is about to end has done its work, or was cancelled and will not do it.
  public var isActive: Bool { !Self.ends.contains(state) }

  /// Whether it waits, and nobody works on it yet.
  public var isPending: Bool { state == "PENDING" }

  /// Whether it waits to be let go.
  ///
  /// Besides those that were submitted so, jobs are held that could not be launched: after a controller's
  /// death a new job may get the id of one that still runs on some node.
  public var isHeld: Bool {
    isActive && !(state == "RUNNING") && Self.holds.contains { reason.contains($0) }
  }

  /// The order in which jobs came, however often their ids were handed out.
  func isOlder(than other: SlurmJob) -> Bool {
    (submitted, job) < (other.submitted, other.job)
  }

  private static let ends: Set<String> = [
    "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL",
    "DEADLINE",
    "OUT_OF_MEMORY", "REVOKED", "COMPLETING",
  ]

  private static let holds = ["JobHeldUser", "held"]
}
