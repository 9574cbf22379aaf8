/// A job to be submitted.
public struct SlurmOrder: Sendable {
  /// What it is.
  let note: SlurmNote
  /// The numbers of its tasks; empty for a job that is no array.
  let tasks: [Int]
  /// How many tasks may run at once; `nil` for as many as there is room.
  let atOnce: Int?
  /// The jobs whose ends it waits for.
  let after: [Int]
  let setting: SlurmSetting

  /// What sbatch is called with.
  ///
  /// The job is held: whoever submits looks first whether somebody else was faster. The body is given as
  /// `--wrap`, so that sbatch itself refuses a stray word among the site's flags instead of taking it for
  /// a script.
  var arguments: [String] {
    var words = [
      "--parsable", "--hold", "--requeue", "--open-mode=append", "--job-name=\(note.name)",
      "--comment=\(note.comment)", "--chdir=\(setting.workingFolder)",
      "--output=\(setting.log(of: note.role))",
      "--export=\(setting.exported.joined(separator: ","))",
    ]
    if !tasks.isEmpty {
      words.append("--array=\(Self.list(tasks))" + (atOnce.map { "%\($0)" } ?? ""))
    }
    if !after.isEmpty { words.append("--dependency=\(Self.dependency(on: after))") }
    let site =
      switch note.role {
      case .clips: setting.clipFlags
      case .film: setting.filmFlags
      }
    return words + site + ["--wrap=\(setting.script(of: note.role))"]
  }

  /// However they end: the job looks itself whether all is there that it needs.
  static func dependency(on jobs: [Int]) -> String {
    "afterany:" + jobs.map(String.init).joined(separator: ":")
  }

  /// Numbers as Slurm lists them: `1-3,5`.
  static func list(_ numbers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for number in Set(numbers).sorted() {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
