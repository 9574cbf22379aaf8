internal import ArgumentParser

/// `keyreel serve keys`: who may call.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Makes, lists and revokes API keys.")

  func run() async throws {}
}
