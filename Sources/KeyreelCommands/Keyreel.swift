internal import ArgumentParser
internal import KeyreelCore
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The `keyreel` program.
struct Keyreel: AsyncParsableCommand {
  /// Names, help and subcommands.
  static let configuration = CommandConfiguration(
    commandName: "keyreel",
    abstract: "Plans, renders and stitches films from keyframes described in YAML.",
    discussion: """
      A pipeline file describes sequences of keyframes. `plan` says what a film of it needs and costs, \
      `run` has the missing clips made and joins all into the film. Without a backend of your own the \
      clips are animatics: free previews made on this machine.

      Examples:
        keyreel new my-film
        keyreel run my-film/film.yaml
        keyreel plan my-film/film.yaml --backend fal
      """,
    version: Version.number,
    subcommands: [
      RunCommand.self,
      SubmitCommand.self, JobsCommand.self, CancelCommand.self,
      PlanCommand.self,
      DiffCommand.self,
      CheckCommand.self,
      ExplainCommand.self,
      VerifyCommand.self,
      RebuildCommand.self,
      ReportCommand.self,
      WatchCommand.self,
      NewCommand.self,
      FetchCommand.self,
      ReconcileCommand.self,
      CostsCommand.self,
      TakesCommand.self, ExportCommand.self,
      LockCommand.self,
      ModelsCommand.self,
      ServeCommand.self,
      StoreCommand.self,
      SchemaCommand.self,
    ])
}

/// The whole command line: what the executable runs.
public enum KeyreelProgram {
  /// Parses the process's arguments, runs the command and exits with its status.
  public static func main() async {
    MemoryHabits.set()
    // A reader that went away must not end a run in the middle: writing to it just fails.
    signal(SIGPIPE, SIG_IGN)
    if let mistake = CommandNames.mistake(in: Array(CommandLine.arguments.dropFirst())) {
      exit(CommandContext().tell(mistake).rawValue)
    }
    await Keyreel.main()
  }
}
