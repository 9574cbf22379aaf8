public import KeyreelCore
internal import Programs
internal import SystemPackage

/// Slurm's own programs, asked in texts whose form is chosen here.
///
/// What `--json` prints is no contract: it changes with every version.
public struct SlurmPrograms: Sendable {
  private let environment: [String: String]
  private let user: UInt32

  /// Programs on the `PATH`, for jobs of the user with the number `user`.
  ///
  /// Variables by which users change what the programs print or do are left out of `environment`; which
  /// partition or account is the default stays theirs to say.
  public init(environment: [String: String], user: UInt32) {
    self.environment = environment.filter { name, _ in
      !["SQUEUE_", "SCANCEL_", "SACCT_"].contains(where: name.hasPrefix)
        && !Self.disturbing.contains(name)
    }
    self.user = user
  }

  private static let disturbing: Set<String> = [
    "SBATCH_ARRAY_INX", "SBATCH_WAIT", "SBATCH_HOLD", "SBATCH_EXPORT", "SBATCH_JOB_NAME",
    "SBATCH_OPEN_MODE", "SBATCH_REQUEUE", "SBATCH_NO_REQUEUE", "SBATCH_IGNORE_PBS",
    "SBATCH_CLUSTERS",
    "SLURM_TIME_FORMAT",
  ]

  /// The user's jobs that are Keyreel's and have not ended; with `ended`, those too that ended lately.
  public func jobs(ended: Bool = false) async throws -> [SlurmJob] {
    let states = ended ? ["--states=all"] : []
    let text = try await ask(
      "squeue", ["--noheader", "--array", "--user=\(user)", "--format=\(SlurmJob.format)"] + states)
    return text.split(separator: "\n").compactMap { SlurmJob(line: $0) }
  }

  /// Submits a job that is held; returns its id.
  public func submit(_ order: SlurmOrder) async throws -> Int {
    let text = try await ask("sbatch", order.arguments)
    // `12`, or `12;cluster`; some sites print lines of their own before.
    let word = text.split(separator: "\n").last?.prefix { $0 != ";" }
    guard let word, let id = Int(word) else {
      throw OperationError(
        .init("slurm"), "sbatch answered \"\(Self.line(text))\" instead of a job id",
        remedy: "look with keyreel jobs what was submitted, and submit again")
    }
    return id
  }

  /// Lets held jobs go; those that have ended or been let go meanwhile are fine.
  public func release(_ ids: [String]) async throws {
    guard !ids.isEmpty else { return }
    _ = try await ask("scontrol", ["release"] + ids, accepting: Self.tooLate)
  }

  /// What scontrol says of jobs that have begun or ended since they were listed.
  private static let tooLate = [
    "Job has already finished", "Job/step already completing", "Invalid job id specified",
    "Job is no longer pending execution",
  ]

  /// Has the pending job `id` wait for the ends of `others`.
  func wait(_ id: Int, for others: [Int]) async throws {
    _ = try await ask(
      "scontrol", ["update", "jobid=\(id)", "dependency=\(SlurmOrder.dependency(on: others))"])
  }

  /// Ends the jobs or tasks `ids`; those that have ended already are fine.
  public func cancel(_ ids: [String]) async throws {
    guard !ids.isEmpty else { return }
    _ = try await ask("scancel", ["--quiet"] + ids)
  }

  /// Ends all of the user's jobs called `name`, whatever their ids are by now.
  public func cancel(named name: String) async throws {
    _ = try await ask("scancel", ["--quiet", "--user=\(user)", "--name=\(name)"])
  }

  /// The highest number that a task of an array may have here.
  public func highestIndex() async throws -> Int {
    let text = try await ask("scontrol", ["show", "config"])
    let line = text.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
    let value = line?.split(separator: "=").last.flatMap { Int($0.filter(\.isNumber)) }
    return max(1, (value ?? Self.usualArraySize) - 1)
  }

  /// Slurm's default of `MaxArraySize`.
  private static let usualArraySize = 1001

  /// What the program prints; it fails unless it ends with 0 or complains of what is `accepted`.
  private func ask(
    _ program: String, _ arguments: [String], accepting accepted: [String] = []
  ) async throws -> String {
    let program = OtherProgram(program, environment: environment)
    let outcome = try await OwnThread.run { _ in
      do { return try program.run(arguments) } catch let error as Errno {
        throw OperationError(
          .notFound,
          "Slurm's program \(program.name) cannot be started: "
            + error.description.lowercased(),
          remedy: "use a machine that has Slurm's commands on its PATH, such as a login node",
          underlying: error)
      }
    }
    guard outcome.status == 0 || accepted.contains(where: outcome.errors.contains) else {
      throw Self.failure(of: program.name, outcome.errors)
    }
    return outcome.output
  }

  private static func failure(of program: String, _ errors: String) -> OperationError {
    let reason = line(errors)
    if [
      "Unable to contact slurm controller", "Socket timed out", "Communication connection failure",
    ]
    .contains(where: errors.contains) {
      return OperationError(
        .network, "\(program) does not reach Slurm's controller: \(reason)",
        remedy: "do the same again when it answers; what was submitted is found by its name",
        isRetryable: true)
    }
    if limits.contains(where: errors.contains) {
      return OperationError(
        .slurmLimit, "Slurm takes no more jobs: \(reason)",
        remedy: "submit again when some have ended, or with fewer --tasks")
    }
    return OperationError(
      .init("slurm"), "\(program) failed: \(reason)",
      remedy: "mend what it names; flags for the site follow after --")
  }

  /// What sbatch says when an account, a user or a partition has as many jobs as it may.
  private static let limits = [
    "MaxSubmitJob", "job submit limit", "Job violates accounting/QOS policy",
    "Invalid job array specification",
  ]

  /// The last line that tells something, without the program's name before it.
  private static func line(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    let last = lines.last { !$0.isEmpty } ?? "it did not say why"
    let told = last.split(separator: "error: ", maxSplits: 1).last.map(String.init) ?? last
    return told.replacing("Batch job submission failed: ", with: "")
  }
}

extension OperationError.Code {
  /// The site takes no more jobs of this user.
  public static let slurmLimit = Self("slurm-limit")
}
