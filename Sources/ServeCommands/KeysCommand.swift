internal import ArgumentParser
internal import FalQueue
internal import FoundationEssentials

/// `keyreel serve keys`: who may call.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Makes, lists and revokes API keys.",
    discussion: """
      Works on the data folder, so no server may be running on it. Keys are kept as salted hashes: \
      a secret is told once, when its key is made.

      Examples:
        keyreel serve keys add alice
        keyreel serve keys list
        keyreel serve keys revoke 5b1c2f0e-7a44-4f3e-9d51-0c6a2b8e9f13
      """,
    subcommands: [AddKey.self, ListKeys.self, RevokeKey.self])
}

/// Where the keys are.
struct KeysFolder: ParsableArguments {
  @Option(
    help: ArgumentHelp("Where the queue, files and keys are.", valueName: "folder"),
    completion: .directory)
  var data: String?

  /// Opens the queue, has `body` use it, and closes it; failures are told.
  func open(_ body: (JobQueue) async throws -> Void) async throws {
    try await ServeFailure.told {
      let queue = try await JobQueue.open(ServeSurroundings.current.dataFolder(flag: data))
      do {
        try await body(queue)
      } catch {
        try? await queue.close()
        throw error
      }
      try await queue.close()
    }
  }
}

/// `keys add NAME`.
struct AddKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Makes a key and prints it, once, as id:secret.",
    discussion: """
      Examples:
        keyreel serve keys add alice
        export FAL_KEY=$(keyreel serve keys add ci --data /srv/keyreel)
      """)

  @OptionGroup var folder: KeysFolder

  @Argument(help: "What people call it.")
  var name: String

  func validate() throws {
    guard (1...100).contains(name.count), name.allSatisfy({ !$0.isNewline }) else {
      throw ValidationError("A key's name has 1 to 100 characters on one line.")
    }
  }

  func run() async throws {
    try await folder.open { queue in
      let made = try await queue.createKey(named: name)
      Voice.say("Key \(made.key.id) of \(name); its secret is not told again:")
      Voice.result("\(made.key.id):\(made.secret)")
    }
  }
}

/// `keys list`.
struct ListKeys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists all keys: id, state, when made, name.",
    discussion: """
      Examples:
        keyreel serve keys list
        keyreel serve keys list --data /srv/keyreel
      """)

  @OptionGroup var folder: KeysFolder

  func run() async throws {
    try await folder.open { queue in
      for key in queue.keys {
        let made = Date(timeIntervalSince1970: Double(key.createdAt.milliseconds) / 1000)
          .formatted(.iso8601)
        let state = key.revokedAt == nil ? "valid  " : "revoked"
        Voice.result("\(key.id)  \(state)  \(made)  \(key.name)")
      }
    }
  }
}

/// `keys revoke ID`.
struct RevokeKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Makes a key invalid for ever.",
    discussion: """
      Examples:
        keyreel serve keys revoke 5b1c2f0e-7a44-4f3e-9d51-0c6a2b8e9f13
      """)

  @OptionGroup var folder: KeysFolder

  @Argument(help: "The key's id, without its secret.")
  var id: String

  func run() async throws {
    try await folder.open { queue in
      let id = String(id.prefix { $0 != ":" })
      guard try await queue.revokeKey(id) else {
        throw ServeFailure.unknownKey(id)
      }
      Voice.say("Key \(id) is revoked.")
    }
  }
}
