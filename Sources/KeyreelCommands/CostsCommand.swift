internal import ArgumentParser
internal import FalBackend
internal import KeyreelCore
internal import ModelCatalog
internal import Reporting
internal import Storage

/// `keyreel costs`: what was spent, from the store's own records.
struct CostsCommand: AsyncParsableCommand {
  /// What clips are grouped by.
  enum Group: String, ExpressibleByArgument, CaseIterable {
    /// The pipeline that they were bought for.
    case pipeline
    /// The model.
    case model
    /// Who made them, and where.
    case origin
    /// The day, in UTC.
    case day
  }

  /// How costs are printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// For programs.
    case json
    /// For spreadsheets.
    case csv
  }

  static let configuration = CommandConfiguration(
    commandName: "costs", abstract: "Says what was spent, reserved, saved and is unknown.",
    discussion: """
      Reads the receipts and claims of the store. Spent is what was billed, or what was expected where \
      the provider did not tell; reserved is bought and not collected yet; unknown may have been \
      billed: lost answers, and accepted requests that ended without a clip. Rehearsals are told too, \
      by their origin.

      Examples:
        keyreel costs --by day --format csv
        keyreel costs --reconcile
      """)

  @OptionGroup var place: StoreCommand.Place

  @Option(help: "pipeline, model, origin or day.")
  var by = Group.pipeline

  @Option(help: "table for people, json for programs, csv for spreadsheets.")
  var format = Format.table

  @Flag(help: "Compare with the provider's bills; needs the key.")
  var reconcile = false

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let store = try place.open(in: context.surroundings)
      let entries = try CommandFailure.atStore { try store.ledger() }
      let currencies = place.currencies(in: context.surroundings)
      let bills = reconcile ? try await bills(of: entries, currencies, context) : nil
      let report = CostReport(
        by: by.rawValue, rows(entries, currencies), bills: bills, style: context.outputStyle)
      switch format {
      case .table: context.output.write(report.text)
      case .json: context.output.write(report.json)
      case .csv: context.output.write(report.csv)
      }
      return bills?.contains(where: \.differs) == true ? .verificationFailed : .success
    }
  }

  private func rows(_ entries: [LedgerEntry], _ currencies: [String: String]) -> [CostRow] {
    var rows: [String: CostRow] = [:]
    for entry in entries {
      let name = name(of: entry)
      let currency = entry.recipe.flatMap { currencies[$0.model] } ?? "USD"
      var row = rows["\(name)|\(currency)"] ?? CostRow(name: name, currency: currency)
      if entry.outcome == .made { row.clips += 1 }
      row.spent = row.spent + entry.spent
      row.reserved = row.reserved + entry.reserved
      row.unknown = row.unknown + entry.unknown
      row.saved = row.saved + entry.saved
      rows["\(name)|\(currency)"] = row
    }
    return rows.sorted { $0.key < $1.key }.map(\.value)
  }

  private func name(of entry: LedgerEntry) -> String {
    switch by {
    case .pipeline: entry.pipeline ?? "(no pipeline)"
    case .model: entry.recipe?.model ?? "(damaged record)"
    case .origin: entry.recipe?.backend.description ?? "(damaged record)"
    case .day: entry.begun.isEmpty ? "(no day)" : String(entry.begun.prefix(10))
    }
  }

  /// The bills of the account's requests at the configured origin.
  private func bills(
    of entries: [LedgerEntry], _ currencies: [String: String], _ context: CommandContext
  ) async throws -> [BillRow] {
    let choice = try BackendChoice.choose(
      flag: "fal", for: [], environment: context.surroundings.environment)
    let account = try FalAccount(choice, in: context.surroundings)
    guard account.addresses.platform != nil else {
      throw CommandFailure(
        OperationError(
          .unsupported, "nobody knows where \(choice.identity) keeps its bills",
          remedy: "set FAL_PLATFORM_HOST"), .usage)
    }
    let own = entries.filter {
      $0.ticket?.backend == choice.identity && $0.ticket?.account == account.key.fingerprint
    }
    let found = try await FalRecords(try account.settings())
      .bills(of: own.compactMap { $0.ticket?.id })
    let bills = Dictionary(found.map { ($0.requestID, $0) }, uniquingKeysWith: { $1 })
    return own.compactMap { entry in
      guard let ticket = entry.ticket else { return nil }
      let bill = bills[ticket.id]
      return BillRow(
        request: ticket.id, name: entry.outcome.rawValue, noted: entry.receipt?.billed,
        billed: bill?.cost,
        currency: bill?.currency ?? entry.recipe.flatMap { currencies[$0.model] } ?? "USD")
    }
  }
}
