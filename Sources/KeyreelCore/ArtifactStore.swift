public import SystemPackage

/// What is known of a committed clip.
public struct Receipt: Hashable, Sendable, Codable {
  /// The recipe.
  public var recipe: Recipe
  /// Digest of the clip's bytes.
  public var digest: Digest
  /// Bytes of the clip.
  public var byteCount: Int
  /// What the inspection found.
  public var inspection: ClipInspection
  /// What it was expected to cost.
  public var price: PriceRange
  /// The provider's ticket.
  public var ticket: Ticket?
  /// The seed that was really used, where the provider tells.
  public var seed: Int?
  /// Units billed, where the provider tells.
  public var billedUnits: String?
  /// What was billed, where units and price tell.
  public var billed: Money?

  /// What is known of a committed clip.
  public init(
    recipe: Recipe, digest: Digest, byteCount: Int, inspection: ClipInspection, price: PriceRange,
    ticket: Ticket?, seed: Int? = nil, billedUnits: String? = nil, billed: Money? = nil
  ) {
    self.recipe = recipe
    self.digest = digest
    self.byteCount = byteCount
    self.inspection = inspection
    self.price = price
    self.ticket = ticket
    self.seed = seed
    self.billedUnits = billedUnits
    self.billed = billed
  }

  /// What it cost as far as is known: the bill, or what it was expected to cost.
  public var cost: PriceRange {
    billed.map { PriceRange(expected: $0, worst: $0) } ?? price
  }

  /// This receipt; throws `corrupt` when the bytes at `path` are not those that it names.
  public func expect(
    _ digest: Digest, _ byteCount: Int, of path: FilePath
  ) throws(OperationError) -> Receipt {
    guard digest == self.digest, byteCount == self.byteCount else {
      throw OperationError(
        .corrupt, "\(path) changed after it was inspected", remedy: "run again; nothing was kept")
    }
    return self
  }
}

/// What is known of a stitched film.
public struct FilmReceipt: Hashable, Sendable, Codable {
  /// The assembly's key.
  public var assembly: Digest
  /// Digest of the film's bytes.
  public var digest: Digest
  /// Bytes of the film.
  public var byteCount: Int
  /// Frames of the film.
  public var frames: Int

  /// What is known of a stitched film.
  public init(assembly: Digest, digest: Digest, byteCount: Int, frames: Int) {
    self.assembly = assembly
    self.digest = digest
    self.byteCount = byteCount
    self.frames = frames
  }
}

/// The durable memory of a project: clips by recipe, claims on clips being made, films, history.
///
/// Implementers keep four promises. An artifact is visible whole or not at all. A commit never
/// replaces (the first one wins, a second one of the same key is not an error). What a method returned
/// as done survives a crash. A claim has one live owner at a time, across processes.
public protocol ArtifactStore: Sendable {
  /// The receipt of a committed clip, or `nil`.
  func receipt(for key: RecipeKey) throws -> Receipt?

  /// Where the bytes of a committed clip are; throws `corrupt` when they do not match the receipt.
  func clip(_ receipt: Receipt) throws -> FilePath

  /// Keeps what was measured of the clip with this digest; may be forgotten at any time.
  func keep(_ edges: ClipEdges, of clip: Digest)

  /// What was measured of the clip with this digest, where that is remembered.
  func edges(of clip: Digest) -> ClipEdges?

  /// Keeps light and colours of a fitted picture under a name; may be forgotten at any time.
  func keep(_ sketch: PictureSketch, of picture: Digest)

  /// What was kept under this name, where that is remembered.
  func sketch(of picture: Digest) -> PictureSketch?

  /// Which of `keys` are committed, and what was last made for the segments of `pipeline`.
  ///
  /// The second is for people; without a pipeline it is left out, and much need not be read.
  func snapshot(of keys: [RecipeKey], pipeline: String?) throws -> StoreSnapshot

  /// Remembers what the segments of `pipeline` were last made with, for later explanations.
  func remember(_ recipes: [String: RecipeKey], pipeline: String) throws

  /// Becomes the owner of `recipe`'s claim, waiting for a live owner to finish when `waits`.
  ///
  /// Throws `busy` when another process owns it and `waits` is false.
  func claim(_ recipe: Recipe, waits: Bool) async throws -> any Claim

  /// A path for a new private file with this ending (`mp4`), on the store's own file system.
  func stage(ending: String) throws -> FilePath

  /// The film made of an assembly, if it was.
  func film(for assembly: Digest) throws -> FilmReceipt?

  /// Moves `staged` to `output` atomically, replacing what is there, and remembers it as the film of
  /// `assembly`.
  func publish(
    _ staged: FilePath, of assembly: Digest, frames: Int, to output: FilePath
  ) throws -> FilmReceipt
}

extension ArtifactStore {
  /// A store need not remember what follows from a clip's bytes.
  public func keep(_ edges: ClipEdges, of clip: Digest) {}

  /// Nothing is remembered.
  public func edges(of clip: Digest) -> ClipEdges? { nil }

  /// A store need not remember what follows from a picture's pixels.
  public func keep(_ sketch: PictureSketch, of picture: Digest) {}

  /// Nothing is remembered.
  public func sketch(of picture: Digest) -> PictureSketch? { nil }
}

/// What a claim's durable record says.
public enum ClaimState: Hashable, Sendable {
  /// Never attempted, or the last attempt has a definite end.
  case open
  /// An attempt was accepted; it is to be collected, not sent again.
  case ticketed(Ticket)
  /// An attempt was begun and nobody knows whether it was accepted.
  case unknown(attempt: Int)
  /// The clip is committed.
  case committed(Receipt)
}

/// The lock on, and durable record of, one recipe's making: numbered attempts, one submission each.
public protocol Claim: Sendable {
  /// What the record says now.
  var state: ClaimState { get throws }

  /// Writes the durable intent of a new attempt; throws unless the state is ``ClaimState/open``.
  func begin(input: String, reserved: PriceRange) throws

  /// Writes the ticket of the attempt that was begun.
  func accept(_ ticket: Ticket) throws

  /// Writes that the attempt has ended without a clip, so that another one may follow.
  func fail(_ reason: String) throws

  /// Writes that the author gives the attempt up, so that another one may follow.
  ///
  /// `mayBeBilled` says whether it may have been accepted all the same.
  func abandon(_ reason: String, mayBeBilled: Bool) throws

  /// Moves `staged` into the store with the receipt that `describe` makes of its digest and count of
  /// bytes, no-clobber, fsynced; returns the receipt that counts.
  ///
  /// The bytes are read once, by the store. Where a sound clip was committed before, that one stays.
  func commit(
    _ staged: FilePath, describe: (_ digest: Digest, _ byteCount: Int) throws -> Receipt
  ) throws -> Receipt

  /// Lets others have the claim; safe to call twice.
  func release()
}

extension Claim {
  /// Commits a file whose digest is known; throws `corrupt` when it has other bytes.
  public func commit(_ staged: FilePath, receipt: Receipt) throws {
    _ = try commit(staged) { try receipt.expect($0, $1, of: staged) }
  }

  /// Ends the attempt as any other, where no ledger is kept.
  public func abandon(_ reason: String, mayBeBilled: Bool) throws { try fail(reason) }
}
