public import SystemPackage

/// A place that many machines write to and that outlives each of them: the ground of a shared store.
///
/// It has two kinds of things. *Objects* are written once and never change. *Registers* are small and are
/// swapped: a new value takes the place of one that the writer has seen, and of no other. All calls block
/// until the place has answered, so none is made on a thread of Swift's cooperative pool where that could
/// take long.
///
/// Implementers promise: what a method returned as done survives the end of this machine; an object is
/// visible whole or not at all; of many that create one object, or swap one register's value, one wins,
/// whatever machines they are on. Names are made of `a-z 0-9 . - _ /`. Answers that got lost are asked
/// for again inside: no method reports a write of its own as somebody else's.
public protocol ObjectSpace: Sendable {
  /// Its address for people, without secrets: `s3://bucket/prefix`.
  var address: String { get }

  /// Writes a little to find out whether the promises hold here; throws `unsupported` where they do not.
  func probe() throws

  /// The bytes of a small object, or `nil` when it is not there.
  func read(_ name: String) throws -> [UInt8]?

  /// Copies an object to the new file `path` and returns the digest of what came, or `nil`.
  func fetch(_ name: String, to path: FilePath) throws -> Digest?

  /// Writes a small object unless it is there; tells whether it did.
  func create(_ name: String, _ bytes: [UInt8]) throws -> Bool

  /// Writes the file `path`, whose bytes have `digest`, unless the object is there; tells whether it did.
  func upload(_ path: FilePath, digest: Digest, byteCount: Int, as name: String) throws -> Bool

  /// Names that begin with `prefix`, sorted; those of registers are among them.
  func names(under prefix: String) throws -> [String]

  /// The first `limit` names (1,000 at most) that begin with `prefix`, in one round trip.
  func names(under prefix: String, first limit: Int) throws -> [String]

  /// Removes an object; one that is not there is fine.
  func remove(_ name: String) throws

  /// What a register holds, or `nil` when it was never written.
  func register(_ name: String) throws -> RegisterValue?

  /// Writes a register's value in place of the version `expected` (`nil`: of nothing).
  ///
  /// Returns the new version, or `nil` when the register holds something else. Values that different
  /// writers write must differ.
  func swap(_ name: String, _ bytes: [UInt8], expecting expected: String?) throws -> String?
}

extension ObjectSpace {
  /// All names, cut short: for spaces where a listing is no trip.
  public func names(under prefix: String, first limit: Int) throws -> [String] {
    Array(try names(under: prefix).prefix(limit))
  }
}

/// What a register holds.
public struct RegisterValue: Hashable, Sendable {
  /// Its bytes.
  public var bytes: [UInt8]
  /// Names this very value in ``ObjectSpace/swap(_:_:expecting:)``; opaque.
  public var version: String

  /// `bytes`, known as `version`.
  public init(bytes: [UInt8], version: String) {
    self.bytes = bytes
    self.version = version
  }
}
