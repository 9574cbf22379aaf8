/// What the jobs of one work run, and how.
public struct SlurmSetting: Sendable {
  /// Where they run: the folder in which the plan was submitted.
  public var workingFolder: String
  /// Where their logs are.
  public var folder: String
  /// The words that run the plan, `["/opt/keyreel", "run", "film.plan.json", …]`.
  public var command: [String]
  /// What makes the clips of a part in addition to it.
  public var clipWords: [String]
  /// What each part may spend, by part; empty where there is no ceiling.
  public var ceilings: [Int: String]
  /// Names of the variables that are handed on to the jobs.
  public var exported: [String]
  /// The site's flags for the jobs that make clips.
  public var clipFlags: [String]
  /// The site's flags for the job that joins them.
  public var filmFlags: [String]
  /// How many tasks may run at once; `nil` for as many as there is room.
  public var atOnce: Int?

  /// Jobs that run `command` in `workingFolder` and write what they say below `folder`.
  public init(workingFolder: String, folder: String, command: [String]) {
    self.workingFolder = workingFolder
    self.folder = folder
    self.command = command
    clipWords = []
    ceilings = [:]
    exported = []
    clipFlags = []
    filmFlags = []
  }

  /// Where a job writes what it says, in Slurm's pattern; a task that runs again goes on in its file.
  func log(of role: SlurmNote.Role) -> String {
    // A percent sign of the folder's own is doubled, or Slurm would take it for one of its patterns.
    let folder = folder.replacing("%", with: "%%")
    return switch role {
    case .clips: "\(folder)/clips-%A_%a.log"
    case .film: "\(folder)/film-%j.log"
    }
  }

  /// What the job runs, by `/bin/sh`; it holds no secret, whatever the variables are.
  func script(of role: SlurmNote.Role) -> String {
    let command = command.map(Self.quoted).joined(separator: " ")
    guard case .clips(let parts, let from) = role else {
      return Self.cache + "exec \(command) --stitch-only"
    }
    var lines = Self.cache + "part=$((SLURM_ARRAY_TASK_ID + \(from)))\n"
    var words = clipWords.map { " " + Self.quoted($0) }.joined()
    if !ceilings.isEmpty {
      let cases = ceilings.sorted { $0.key < $1.key }
        .map { "\($0.key)) most=\($0.value);;" }.joined(separator: " ")
      lines += "most=0\ncase $part in \(cases) esac\n"
      words += " --max-cost $most"
    }
    return lines + "exec \(command) --shard $part/\(parts)\(words)"
  }

  /// Each node has a cache of its own: file locks need not reach across machines.
  private static let cache =
    "export KEYREEL_CACHE=\"${KEYREEL_CACHE:-${TMPDIR:-/tmp}/keyreel-cache-$(id -u)}\"\n"

  /// `text` as one word that means itself to a POSIX shell.
  private static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || "/._-:@%,=".utf8.contains(byte)
      }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
