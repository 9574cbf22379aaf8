import KeyreelCore

/// The records of a shared store that a store of one machine has not.
extension StoreRecords {
  /// What a lease's register holds.
  struct Lease: Codable, Equatable {
    /// Who has it; nobody when absent.
    var owner: String?
    /// Makes every value another one, so that a writer recognises its own.
    var nonce: String
  }

  /// What an owner's register holds.
  struct SignOfLife: Codable, Equatable {
    var owner: String
    /// Rises with every sign.
    var beat: Int
    var process: Int32
    /// How long the others watch an unchanged sign, in milliseconds.
    var patience: Int
    /// Who declared the owner dead.
    var fencedBy: String?
  }

  /// A text that nobody else comes to.
  static func nonce() -> String {
    [UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)]
      .map { String($0, radix: 16) }.joined(separator: "-")
  }
}
