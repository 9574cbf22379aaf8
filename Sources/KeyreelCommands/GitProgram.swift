internal import KeyreelCore
internal import Programs
internal import SystemPackage

/// The `git` program, asked for what a revision holds; never through a shell.
///
/// Only commands that name a revision need it.
struct GitProgram {
  /// The folder in which it is asked.
  let folder: FilePath
  /// Where indexes of its own are; emptied by whoever made it.
  let scratch: FilePath
  let environment: [String: String]

  /// What it wrote to standard output; throws a ``CommandFailure`` with what it complained about.
  func output(
    _ arguments: [String], input: [UInt8] = [], variables: [String: String] = [:]
  ) throws -> [UInt8] {
    let git = OtherProgram("git", environment: self.variables(variables))
    let outcome: OtherProgram.Outcome
    do {
      outcome = try git.run(["-C", folder.string] + arguments, input: input)
    } catch let error as Errno {
      throw Self.missing(error)
    }
    guard outcome.status == 0 else { throw Self.failure(outcome.errors, arguments) }
    return outcome.bytes
  }

  /// The first line of what it wrote.
  func line(_ arguments: [String]) throws -> String {
    String(decoding: try output(arguments), as: UTF8.self)
      .split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
  }

  /// Ours, without what a hook of git's own sets, in words that are the same everywhere.
  private func variables(_ more: [String: String]) -> [String: String] {
    var variables = environment.filter { name, _ in
      !["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"].contains(name)
    }
    variables["LC_ALL"] = "C"
    variables["GIT_TERMINAL_PROMPT"] = "0"
    variables["GIT_OPTIONAL_LOCKS"] = "0"
    for (name, value) in more { variables[name] = value }
    return variables
  }

  private static func missing(_ error: Errno) -> CommandFailure {
    CommandFailure(
      OperationError(
        .notFound,
        "a revision was named, and the program git cannot be started: "
          + error.description.lowercased(),
        remedy: "install git, or name a file or a saved plan instead", underlying: error), .usage)
  }

  private static func failure(_ said: String, _ arguments: [String]) -> CommandFailure {
    let lines = said.split(separator: "\n").filter { !$0.hasPrefix("hint:") }
    let reason = lines.first.map { $0.hasPrefix("fatal: ") ? $0.dropFirst("fatal: ".count) : $0 }
    return CommandFailure(
      OperationError(
        .notFound, "git \(arguments.first ?? "") failed: \(reason ?? "it did not say why")",
        remedy: "check the revision and the path; a shallow clone has no other revisions"), .usage)
  }
}
