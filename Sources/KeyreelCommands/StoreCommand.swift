internal import ArgumentParser
internal import KeyreelCore
internal import ModelCatalog
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel store ls|verify|gc|copy`: looks after the store.
struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Lists, verifies, cleans and copies the store of clips.",
    discussion: """
      Every clip is kept under the digest of all that it was made from, so that it is made, and paid, \
      once. Without a subcommand, lists the clips.

      Examples:
        keyreel store
        keyreel store verify --store shared:/mnt/clips
        keyreel store gc --dry-run
        keyreel store copy .keyreel s3://clips/lake
      """,
    subcommands: [List.self, Verify.self, Collect.self, Copy.self], defaultSubcommand: List.self)

  /// The store's place.
  struct Place: ParsableArguments {
    @OptionGroup var name: StoreName

    func open(in surroundings: Surroundings) throws -> any ProjectStore {
      let root = Project.root(of: surroundings.workingFolder)
      return try CommandFailure.atStore {
        try StoreChoice(name: name.store).open(root: root, in: surroundings)
      }
    }

    /// Amounts in the currencies of the models that are known here; a broken profile hides no clip.
    func prices(in surroundings: Surroundings) -> PriceTags {
      PriceTags(currencies: currencies(in: surroundings))
    }

    /// The currency of each model's prices.
    func currencies(in surroundings: Surroundings) -> [String: String] {
      let folders = surroundings.profileFolders(
        root: Project.root(of: surroundings.workingFolder))
      let profiles = (try? ModelCatalog.load(folders: folders))?.profiles ?? []
      return Dictionary(
        profiles.map { ($0.id, $0.price.currency) }, uniquingKeysWith: { _, last in last })
    }
  }

  /// `keyreel store ls`.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls", abstract: "Lists the clips of the store.",
      discussion: """
        Tells of each clip its model, frames, size and price, and then what was begun and not finished.

        Examples:
          keyreel store ls
          keyreel store ls --store s3://clips/lake
        """)

    @OptionGroup var place: Place

    func run() async throws {
      let context = CommandContext()
      try await context.run {
        let store = try place.open(in: context.surroundings)
        let entries = try CommandFailure.atStore { try store.entries() }
        context.output.write(
          StoreTable(
            entries.map(\.receipt), prices: place.prices(in: context.surroundings),
            style: context.outputStyle
          ).text)
        for claim in try CommandFailure.atStore({ try store.openClaims() }) {
          context.output.writeLine(
            "begun and not finished: \(claim.key) (\(Self.words(for: claim.state)))")
        }
        return .success
      }
    }

    /// How far a clip is that is not here, for people.
    private static func words(for state: ClaimState) -> String {
      switch state {
      case .open: "to be made again"
      case .ticketed(let ticket): "ticketed as \(ticket.id) of \(ticket.backend)"
      case .unknown: "unknown whether it was accepted"
      case .committed: "made since"
      }
    }
  }

  /// `keyreel store verify`.
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify", abstract: "Reads every clip and says what is damaged.",
      discussion: """
        Changes nothing. Exits with 7 when a clip is not what its receipt says; the next run makes it \
        again. Files that belong to no clip are only noted.

        Examples:
          keyreel store verify
          keyreel store verify --store shared:/mnt/clips
        """)

    @OptionGroup var place: Place

    func run() async throws {
      let context = CommandContext()
      try await context.run {
        let store = try place.open(in: context.surroundings)
        let problems = try CommandFailure.atStore { try store.verify() }
        for problem in problems {
          let note = problem.kind == .orphan ? "note: " : ""
          context.output.writeLine(note + "\(problem)")
        }
        guard problems.allSatisfy({ $0.kind == .orphan }) else { return .verificationFailed }
        let count = try CommandFailure.atStore { try store.entries().count }
        context.output.writeLine("\(count) clips are sound")
        return .success
      }
    }
  }

  /// `keyreel store gc`.
  struct Collect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "gc", abstract: "Removes clips that no pipeline used in its last run.",
      discussion: """
        Paid clips and unfinished claims stay unless --include-paid is given; their price is told \
        first. Use --dry-run to look before.

        Examples:
          keyreel store gc --dry-run
          keyreel store gc
          keyreel store gc --include-paid --dry-run
        """)

    @OptionGroup var place: Place

    @Flag(help: "Say what would be removed, and remove nothing.")
    var dryRun = false

    @Flag(help: "Remove paid clips and unfinished claims too.")
    var includePaid = false

    func run() async throws {
      let context = CommandContext()
      try await context.run {
        let store = try place.open(in: context.surroundings)
        var options: GarbageOptions = []
        if includePaid { options.insert(.includePaid) }
        if dryRun { options.insert(.dryRun) }
        let report = try CommandFailure.atStore { try store.gc(keeping: nil, options) }
        let prices = place.prices(in: context.surroundings)
        for item in report.items {
          let price = prices.text(item.price.expected, model: item.model)
          context.output.writeLine("\(item.kind.rawValue) \(item.name) \(price)")
        }
        let paid = prices.sum(report.items.map { ($0.price.expected, $0.model) })
        context.output.writeLine(
          "\(dryRun ? "would remove" : "removed") \(report.items.count) things, "
            + "\(report.byteCount) bytes, paid \(paid ?? "nothing")")
        if !report.kept.isEmpty {
          context.output.writeLine(
            "kept \(report.kept.count) paid or unfinished ones; --include-paid removes them")
        }
        return .success
      }
    }
  }
}
