internal import ArgumentParser
internal import FalServer

/// The `keyreel-serve` program.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "keyreel-serve")

  func run() async throws {
  }
}

/// The whole command line of the server: what the executable runs.
public enum ServeProgram {
  /// Parses the process's arguments, serves, and exits with a status.
  public static func main() async { await Serve.main() }
}
