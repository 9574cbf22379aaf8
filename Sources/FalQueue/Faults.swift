internal import GRDB
public import KeyreelCore

extension OperationError.Code {
  /// A job brought an id that another job has.
  public static let requestIDTaken = OperationError.Code("request-id-taken")
  /// The file's bytes came before, and were others.
  public static let alreadyThere = OperationError.Code("already-there")
  /// An upload's parts are not what its completion says.
  public static let badParts = OperationError.Code("bad-parts")
}

extension Digest {
  /// The 32 bytes, as a value of the database.
  var data: DatabaseValue { DatabaseBytes.value(bytes) }

  init(_ value: DatabaseValue) throws {
    guard let digest = Digest(bytes: DatabaseBytes.bytes(value)) else {
      throw OperationError(.corrupt, "the database holds a digest of a wrong length")
    }
    self = digest
  }
}
