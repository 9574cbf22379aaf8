public import KeyreelCore
import SystemPackage

/// What every ``ArtifactStore`` promises, each promise a check of its own.
///
/// ```swift
/// @Test(arguments: StoreConformance.laws)
/// func keepsPromise(_ law: StoreConformance.Law) async throws {
///   let folder = try ScratchFolder()
///   try await law.check { try DirectoryStore(at: folder.path.appending("store")) }
/// }
/// ```
public enum StoreConformance {
  /// Opens the store under test; every call may return another handle onto the same storage.
  public typealias Opening = @Sendable () throws -> any ArtifactStore

  /// Damages the clip of a receipt wherever the store keeps it.
  public typealias Harm = @Sendable (Receipt, any ArtifactStore) throws -> Void

  /// One promise.
  public struct Law: Sendable, CustomStringConvertible {
    /// The promise, in words.
    public let description: String
    private let body: @Sendable (Opening, Harm) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (Opening) async throws -> Void) {
      self.init(description, harming: { open, _ in try await body(open) })
    }

    init(
      _ description: String, harming body: @escaping @Sendable (Opening, Harm) async throws -> Void
    ) {
      self.description = description
      self.body = body
    }

    /// Checks the promise on a store that is empty; throws a ``BrokenPromise`` when it is not kept.
    ///
    /// By default a clip is harmed where the store says that it is.
    public func check(
      _ open: @escaping Opening, harm: @escaping Harm = StoreConformance.damageFile
    ) async throws { try await body(open, harm) }
  }

  /// Writes nonsense into the file of a clip.
  public static let damageFile: Harm = { receipt, store in
    let path = try store.clip(receipt)
    try TestFile.setMode(0o644, of: path)
    try TestFile.write("bit rot", to: path)
  }

  /// All promises.
  public static var laws: [Law] { clipLaws + claimLaws + filmLaws }

  /// Makes a clip of `recipe` the way an executor does, and returns its receipt.
  @discardableResult
  public static func make(_ recipe: Recipe, in store: any ArtifactStore) async throws -> Receipt {
    let claim = try await store.claim(recipe, waits: true)
    defer { claim.release() }
    try claim.begin(input: "{}", reserved: .free)
    try claim.accept(ticket(1, of: recipe))
    return try commit(recipe, under: claim, in: store)
  }

  /// The ticket `number` that a made-up maker gives for `recipe`.
  public static func ticket(_ number: Int, of recipe: Recipe) -> Ticket {
    Ticket(id: "ticket-\(number)", endpoint: recipe.model, backend: recipe.backend)
  }

  static func commit(
    _ recipe: Recipe, under claim: any Claim, in store: any ArtifactStore, note: String = ""
  ) throws -> Receipt {
    let inspection = ClipInspection(
      frames: recipe.frames, size: recipe.first.canvas, frameRate: recipe.frameRate)
    let bytes = ScriptedClip(key: recipe.key, inspection: inspection).bytes + Array(note.utf8)
    let staged = try store.stage(ending: "mp4")
    try TestFile.write(bytes, to: staged)
    let receipt = Receipt(
      recipe: recipe, digest: Digest.of(bytes), byteCount: bytes.count, inspection: inspection,
      price: .free, ticket: ticket(1, of: recipe))
    try claim.commit(staged, receipt: receipt)
    return receipt
  }

  /// Whether `body` throws an ``OperationError`` of `code`.
  static func fails(
    with code: OperationError.Code, _ body: () async throws -> Void
  ) async -> Bool {
    do {
      try await body()
      return false
    } catch {
      return (error as? OperationError)?.code == code
    }
  }
}
