internal import ArgumentParser
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The `keyreel-serve` program.
struct KeyreelServe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keyreel-serve",
    abstract: "Serves fal's first/last-frame endpoint from this machine.",
    discussion: """
      Examples:
        keyreel serve
        keyreel serve --port 8480 --faults faults.yaml
        keyreel serve keys add alice
      """,
    subcommands: [StartCommand.self, KeysCommand.self],
    defaultSubcommand: StartCommand.self)
}

/// The whole command line of the server: what the executable runs.
public enum ServeProgram {
  /// Parses the process's arguments, serves, and exits with a status.
  public static func main() async {
    // A client that went away must not end the server: writing to it just fails.
    signal(SIGPIPE, SIG_IGN)
    await KeyreelServe.main()
  }
}
