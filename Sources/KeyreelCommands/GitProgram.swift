#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// The `git` program, asked for what a revision holds; never through a shell.
///
/// Only commands that name a revision need it. What it says and is told goes through files of `scratch`, so
/// that no pipe can fill up.
struct GitProgram {
  /// The folder in which it is asked.
  let folder: FilePath
  /// Where its files and indexes of its own are; emptied by whoever made it.
  let scratch: FilePath
  let environment: [String: String]

  /// What it wrote to standard output; throws a ``CommandFailure`` with what it complained about.
  func output(
    _ arguments: [String], input: [UInt8] = [], variables: [String: String] = [:]
  ) throws -> [UInt8] {
    let (inside, outside, errors) = (
      scratch.appending("in"), scratch.appending("out"), scratch.appending("err")
    )
    try AuthoredFile.write(input, to: inside, named: "a file for git")
    let status = try run(arguments, variables, inside, outside, errors)
    guard status == 0 else {
      let said = String(
        decoding: try PipelineFile.read(errors, named: "git's answer"), as: UTF8.self)
      throw Self.failure(said, arguments)
    }
    return try PipelineFile.read(outside, named: "git's answer")
  }

  /// The first line of what it wrote.
  func line(_ arguments: [String]) throws -> String {
    String(decoding: try output(arguments), as: UTF8.self)
      .split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
  }

  private func run(
    _ arguments: [String], _ variables: [String: String], _ inside: FilePath, _ outside: FilePath,
    _ errors: FilePath
  ) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inside.string, O_RDONLY, 0)
    let fresh = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 1, outside.string, fresh, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors.string, fresh, 0o600)
    var process: pid_t = 0
    let words = ["git", "-C", folder.string] + arguments
    let status = Self.withPointers(to: words) { words in
      Self.withPointers(to: self.variables(variables)) { variables in
        posix_spawnp(&process, "git", &actions, nil, words, variables)
      }
    }
    guard status == 0 else { throw Self.missing(Errno(rawValue: status)) }
    var ended: Int32 = 0
    while waitpid(process, &ended, 0) < 0 {
      guard errno == EINTR else { throw Self.missing(Errno(rawValue: errno)) }
    }
    return ended
  }

  /// Ours, without what a hook of git's own sets, in words that are the same everywhere.
  private func variables(_ more: [String: String]) -> [String] {
    var variables = environment.filter { name, _ in
      !["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"].contains(name)
    }
    variables["LC_ALL"] = "C"
    variables["GIT_TERMINAL_PROMPT"] = "0"
    variables["GIT_OPTIONAL_LOCKS"] = "0"
    for (name, value) in more { variables[name] = value }
    return variables.map { "\($0)=\($1)" }
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

  private static func withPointers<Result>(
    to words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = words.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        preconditionFailure("the list has an end at least")
      }
      return body(base)
    }
  }
}
