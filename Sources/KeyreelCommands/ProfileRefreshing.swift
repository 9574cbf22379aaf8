internal import FalBackend
internal import FoundationEssentials
internal import KeyreelCore
internal import ModelCatalog
internal import Reporting
internal import SystemPackage

/// Asks the configured provider for prices and inputs, and writes what has changed into the user's folder.
struct ProfileRefreshing {
  let context: CommandContext
  let isDryRun: Bool
  private let models: FalModels
  private let isRehearsal: Bool
  private let folders: [FilePath]
  /// The user's own folder, the first of ``folders``.
  private let own: FilePath
  private let today: String

  /// Throws a ``CommandFailure`` where there is no key, no address or no folder.
  init(_ context: CommandContext, isDryRun: Bool) throws {
    let surroundings = context.surroundings
    let choice = try BackendChoice.choose(
      flag: "fal", for: [], environment: surroundings.environment)
    let account = try FalAccount(choice, in: surroundings)
    guard account.addresses.platform != nil else {
      throw CommandFailure(
        OperationError(
          .unsupported, "nobody knows where \(choice.identity) publishes its prices",
          remedy: "set FAL_PLATFORM_HOST"), .usage)
    }
    guard let own = surroundings.ownProfileFolder else {
      throw CommandFailure(
        OperationError(
          .notFound, "nobody knows where your own profiles are",
          remedy: "set HOME or XDG_CONFIG_HOME"), .usage)
    }
    self.context = context
    self.isDryRun = isDryRun
    self.own = own
    isRehearsal = choice.identity.isRehearsal
    models = FalModels(try account.settings())
    folders = surroundings.profileFolders(root: Project.root(of: surroundings.workingFolder))
    today = String(Date().ISO8601Format().prefix(10))
  }

  /// What became of each of `profiles`; a failure of one keeps no other from being refreshed.
  func refresh(_ profiles: [ModelProfile]) async throws -> [RefreshRow] {
    var rows: [RefreshRow] = []
    for profile in profiles {
      try Task.checkCancellation()
      do {
        rows.append(try await refresh(profile))
      } catch let error as CancellationError { throw error } catch {
        let failure = CommandFailure(error)
        // What no model can be written for is the command's own failure.
        if failure.status == .storeFailed { throw failure }
        rows.append(RefreshRow(model: profile.id, outcome: .failed(failure.error)))
        // One answer for all: the key, or nobody there.
        if failure.error.stopsAsking || failure.error.code == .network { break }
      }
    }
    return rows
  }

  private func refresh(_ profile: ModelProfile) async throws -> RefreshRow {
    let file = try target(of: profile)
    let refresh = try ProfileRefresh(
      profile, try await models.published(profile.id), today: today)
    if isRehearsal, let old = profile.price.amount, let new = refresh.profile.price.amount,
      new < old
    {
      throw OperationError(
        .permissionDenied,
        "\(profile.id): the price of a rehearsal, \(new.decimal), is lower than the profile's, "
          + "\(old.decimal), and paid plans would hold less back",
        remedy: "ask the provider itself; nothing was written")
    }
    var row = RefreshRow(
      model: profile.id, outcome: .current, changes: refresh.changes,
      changesRequests: refresh.changesRequests, price: refresh.profile.price)
    guard refresh.profile != profile else { return row }
    row.outcome = .written(file: file.string)
    guard !isDryRun else { return row }
    try AuthoredFile.makeFolder(own)
    try AuthoredFile.write(ProfileWriter.json(refresh.profile), to: file, named: file.string)
    return row
  }

  /// The file that counts once it is written: the one that has the model already, or a new one.
  private func target(of profile: ModelProfile) throws -> FilePath {
    for folder in folders.dropFirst() {
      guard let file = try ModelCatalog.file(of: profile.id, in: folder) else { continue }
      throw OperationError(
        .unsupported,
        "the profile of \(profile.id) is \(file), which counts more than your own folder",
        remedy: "correct it there, or move it to \(own)")
    }
    let name = profile.id.split(separator: "/").joined(separator: "--") + ".json"
    return try ModelCatalog.file(of: profile.id, in: own) ?? own.appending(name)
  }
}
