import KeyreelCore
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The JSON files of a store.
enum StoreRecords {
  /// `format.json`.
  struct Format: Codable {
    var format: Int
    /// Whether many machines use it, whose leases are not file locks.
    var shared: Bool?
  }

  /// Who wrote a record.
  struct Owner: Codable {
    var process: Int32
    var time: String
    /// Which user of a shared store; it makes a record differ from those of all others.
    var user: String?

    /// This process, now.
    static var current: Owner {
      Owner(process: getpid(), time: Date().ISO8601Format())
    }
  }

  /// `intent-N.json`: written before the request may leave.
  struct Intent: Codable {
    var attempt: Int
    var owner: Owner
    var reserved: PriceRange
    var recipe: Recipe
    /// The whole input as it will be sent.
    var input: String
    /// For whose film; absent in old records.
    var pipeline: String?
  }

  /// `ticket-N.json`: written right after the answer.
  struct Accepted: Codable {
    var attempt: Int
    var owner: Owner
    var ticket: Ticket
  }

  /// `failure-N.json`: a definite end of an attempt.
  struct Failure: Codable {
    var attempt: Int
    var owner: Owner
    var reason: String
    /// Why another attempt may follow; absent in old records, which were all definite ends.
    var kind: Kind?

    enum Kind: String, Codable {
      /// The attempt provably ended.
      case definite
      /// The author says that it was never accepted.
      case forgotten
      /// The author wants another one, although this one may be billed.
      case resubmitted
    }
  }

  /// `receipt.json`.
  struct Committed: Codable {
    var committed: String
    var receipt: Receipt
    /// The attempt that it came of, and when that was begun and accepted; absent in old records.
    var attempt: Int?
    var requested: String?
    var accepted: String?

    /// The clip with the story of its making.
    var story: ClipRecord {
      ClipRecord(
        receipt: receipt, attempt: attempt, requested: requested, accepted: accepted,
        committed: committed)
    }
  }

  /// `films/….json`: a stitched film, and where it was put.
  struct Film: Codable {
    var receipt: FilmReceipt
    /// By the output's path: what its file looked like when it was known to be the film.
    var places: [String: Disk.Status]
  }

  /// `history/….json`: what the takes of a pipeline were last made with.
  struct History: Codable {
    var pipeline: String
    var takes: [String: RecipeKey]
  }

  /// `runs/….json`: what the runs of a pipeline did, the latest first.
  struct Runs: Codable {
    var pipeline: String
    var runs: [RunRecord]
  }

  /// The bytes of a record, the same for the same values.
  static func encode(_ record: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return try Array(encoder.encode(record)) + [UInt8(ascii: "\n")]
    } catch {
      preconditionFailure("a store's records are always encodable: \(error)")
    }
  }

  /// Reads a record from its bytes.
  static func decode<Record: Decodable>(_ type: Record.Type, _ bytes: [UInt8]) throws -> Record {
    try JSONDecoder().decode(type, from: Data(bytes))
  }

  /// Reads the record at `path`; `nil` when nothing is there, `corrupt` when it is damaged.
  static func read<Record: Decodable>(
    _ type: Record.Type, at path: FilePath
  ) throws(OperationError) -> Record? {
    guard let bytes = try Disk.read(path) else { return nil }
    do {
      return try decode(type, bytes)
    } catch {
      throw OperationError(
        .corrupt, "\(path) is damaged: it cannot be read as JSON of its kind",
        remedy: "run keyreel store verify", underlying: error)
    }
  }
}
