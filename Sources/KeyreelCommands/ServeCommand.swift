internal import ArgumentParser
internal import KeyreelCore
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// `keyreel serve`: becomes the program `keyreel-serve`, which takes all the arguments.
///
/// The server is a program of its own, so that who only makes films never builds one.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serves fal's first/last-frame endpoint from this machine.",
    discussion: """
      Hands over to the program keyreel-serve; `keyreel serve --help` shows its options. Clients of fal, \
      Keyreel among them, then work without fal, without a key of it and for nothing.

      Examples:
        keyreel serve
        keyreel serve --port 8480 --faults faults.yaml
        keyreel serve keys add alice
      """)

  @Argument(parsing: .captureForPassthrough, help: "The arguments of keyreel-serve.")
  var arguments: [String] = []

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let program = try Self.program(context.surroundings)
      try Self.become(program, arguments)
    }
  }

  /// `keyreel-serve` beside this very program, or on the `PATH`.
  private static func program(_ surroundings: Surroundings) throws -> FilePath {
    let name = "keyreel-serve"
    let folders =
      [surroundings.program?.removingLastComponent()].compactMap { $0 }
      + (surroundings.environment["PATH"] ?? "").split(separator: ":").map { FilePath(String($0)) }
    let found = folders.map { $0.appending(name) }.first { access($0.string, X_OK) == 0 }
    guard let found else {
      throw CommandFailure(
        OperationError(
          .notFound, "the program \(name) is neither beside keyreel nor on the PATH",
          remedy: "build it: swift build -c release --product \(name)"), .usage)
    }
    return found
  }

  /// Replaces this process; returns only by throwing.
  private static func become(_ program: FilePath, _ arguments: [String]) throws -> Never {
    var list = ([program.string] + arguments).map { strdup($0) }
    defer { for text in list { free(text) } }
    list.append(nil)
    // A program starts with the signals as they were, not with what this one ignores.
    signal(SIGPIPE, SIG_DFL)
    execv(program.string, list)
    throw OperationError(
      .inputOutput, "\(program) cannot be started: \(String(cString: strerror(errno)))")
  }
}
