internal import ArgumentParser
internal import KeyreelCore

/// Flags of commands that may spend money.
struct SpendingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Spend at most this, such as 5.00; a lower budget of the file stays.", valueName: "amount"))
  var maxCost: String?

  @Flag(name: .shortAndLong, help: "Spend without being asked.")
  var yes = false

  @Flag(help: "Spend in a CI job although its store, with all claims on paid work, may be lost.")
  var acceptEphemeralStore = false

  @Option(
    name: .customLong("resubmit-unknown"),
    help: ArgumentHelp(
      "Send this segment again although nobody knows whether it was bought.",
      valueName: "segment"))
  var resubmitted: [String] = []

  /// The ceiling of `--max-cost`; throws for what is no amount of `currency`.
  func ceiling(in currency: String) throws -> Money? { try Self.ceiling(maxCost, in: currency) }

  /// The amount that `maxCost` says; throws for what is no amount of `currency`.
  static func ceiling(_ maxCost: String?, in currency: String) throws -> Money? {
    guard let maxCost else { return nil }
    let parts = maxCost.split(separator: " ")
    guard let number = parts.first, let amount = Money(decimal: number), amount >= .zero,
      parts.count == 1 || (parts.count == 2 && parts[1] == currency)
    else {
      throw CommandFailure(
        OperationError(
          .unsupported, "`--max-cost \(maxCost)` is no amount of \(currency)",
          remedy: "write for example `--max-cost 5.00`"), .usage)
    }
    return amount
  }
}
