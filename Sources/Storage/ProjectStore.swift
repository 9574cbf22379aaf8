public import KeyreelCore
public import SystemPackage

/// A project's whole store: clips and claims, the ledger over them, films, and the small caches beside.
///
/// ``DirectoryStore`` is one in a folder of this machine; ``SharedStore`` is one that many machines use at
/// once, with a folder of this machine as its cache.
public protocol ProjectStore: ArtifactStore {
  /// What people call it: a folder, or the address of a shared store.
  var address: String { get }
  /// Whether it outlives this machine, so that others find what was bought here.
  var isShared: Bool { get }
  /// The folder on this machine.
  var folder: FilePath { get }
  /// The pipeline for whose films clips are bought from now on; the ledger names it.
  var pipeline: String? { get nonmutating set }
  /// Where downloaded sources are, named by their digests; need not be there.
  var sourcesFolder: FilePath { get }
  /// Where remembered facts about sources are; need not be there.
  var factsFolder: FilePath { get }
  /// Remembers where pictures were uploaded.
  var uploads: any UploadMemory { get }

  /// Makes the folder for downloaded sources.
  func makeSourcesFolder() throws -> FilePath

  /// Ends this process's use: drafts are removed, and what it holds is let go.
  func close()

  /// Sees to it that `output` is the film of `assembly` without stitching it, where that is possible.
  func republish(_ assembly: Digest, to output: FilePath) throws -> FilmReceipt?

  /// Moves the folder of pictures `staged` to `output` as a whole, and remembers it.
  func publishFolder(
    _ staged: FilePath, of identity: Digest, frames: Int, to output: FilePath
  ) throws -> FilmReceipt

  /// The receipt of the folder at `output`, when it still is what `identity` made.
  func intactFolder(of identity: Digest, at output: FilePath) throws -> FilmReceipt?

  /// Removes what was staged and is not wanted any more: a file, or a folder of pictures.
  func discard(_ staged: FilePath)

  /// Keeps `manifest` with the film of `identity`, and writes it beside `output` as a sidecar.
  func publish(_ manifest: FilmManifest, of identity: Digest, beside output: FilePath) throws

  /// The manifest of the film of `identity`, written beside `output` again; `nil` when none is kept.
  func republishManifest(of identity: Digest, beside output: FilePath) throws -> FilmManifest?

  /// The manifest of the film with these bytes, if it was published here.
  func manifest(ofFilm digest: Digest) throws -> FilmManifest?

  /// Keeps `record` as the latest run of `pipeline`.
  func remember(_ record: RunRecord, pipeline: String) throws

  /// The runs of `pipeline` that are remembered, the latest first.
  func runs(of pipeline: String) throws -> [RunRecord]

  /// The pipelines that were run with this store, the one that was run last first.
  func pipelinesRun() throws -> [String]

  /// Asks for many clips at once, so that questions about single ones right after it are quick.
  func lookUp(_ keys: some Collection<RecipeKey>) throws

  /// The committed clip of `key` with the story of its making, or `nil`.
  func clipRecord(for key: RecipeKey) throws -> ClipRecord?

  /// The claim of `key`, where an attempt has neither ended nor led to a clip; `nil` otherwise.
  func openClaim(_ key: RecipeKey) throws -> OpenClaim?

  /// The clips that were begun and neither committed nor given up, by key.
  func openClaims() throws -> [OpenClaim]

  /// Every attempt for which money was or may have been spent, by clip and attempt.
  func ledger() throws -> [LedgerEntry]

  /// The whole input of the last attempt for `key`, as it was or would have been sent.
  func sentInput(of key: RecipeKey) throws -> (text: String, begun: String)?

  /// Becomes the one run that counts against a month's ceiling; `nil` while another run is.
  func holdMonth() throws -> MonthHold?

  /// The committed clips, by key.
  func entries() throws -> [StoreEntry]

  /// Reads all clips and compares them with their digests.
  func verify() throws -> [StoreProblem]

  /// The keys of all claims, sorted.
  func allClaims() throws -> [RecipeKey]

  /// What the store holds of the claim of `key`; `nil` when nothing that can be read.
  func claimRecord(of key: RecipeKey) throws -> StoredClaim?

  /// What the takes of all pipelines were last made with.
  func histories() throws -> [String: [String: RecipeKey]]

  /// Takes a claim over from another store; `false` when this one knows more or as much.
  func bring(_ claim: StoredClaim, clip: FilePath?) async throws -> Bool

  /// Removes what nobody remembers.
  func gc(keeping: Set<RecipeKey>?, _ options: GarbageOptions) throws -> GarbageReport
}

extension DirectoryStore: ProjectStore {
  /// The folder.
  public var address: String { folder.string }

  /// Nobody knows whether the folder outlives this machine, so it counts as one that does not.
  public var isShared: Bool { false }

  /// Remembers where pictures were uploaded.
  public var uploads: any UploadMemory { StoredUploads(self) }

  /// Does nothing: every question is quick here.
  public func lookUp(_ keys: some Collection<RecipeKey>) {}
}
