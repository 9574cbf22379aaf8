/// A clip that a segment keeps, whatever becomes of its recipe: an entry of a pipeline's lock file.
public struct ClipLock: Hashable, Sendable, Codable {
  /// The film's name.
  public var film: String
  /// The segment's id.
  public var segment: String
  /// Who made the clip.
  public var backend: BackendIdentity
  /// 1-based number of the take that was chosen.
  public var take: Int
  /// The seed that was asked for; `nil` where the model takes none.
  public var seed: Int?
  /// The clip's name in the store.
  public var key: RecipeKey
  /// Digest of the clip's bytes.
  public var clip: Digest
  /// Frames that were delivered.
  public var frames: Int

  /// `segment` of `film` keeps the clip `clip`, which is `key` in the store.
  public init(
    film: String, segment: String, backend: BackendIdentity, take: Int, seed: Int?,
    key: RecipeKey, clip: Digest, frames: Int
  ) {
    self.film = film
    self.segment = segment
    self.backend = backend
    self.take = take
    self.seed = seed
    self.key = key
    self.clip = clip
    self.frames = frames
  }

  /// Whether the clip stands for the segment in plans of `backend`.
  ///
  /// Makers are of three sorts that never stand for one another: paid ones, rehearsals of those, and
  /// local ones by their kind. Versions and addresses within a sort may differ.
  public func holds(on backend: BackendIdentity) -> Bool {
    self.backend.kind == backend.kind && self.backend.isPaid == backend.isPaid
  }

  /// Whether `receipt` is of the clip that was locked: its bytes, by its recipe, from its maker.
  ///
  /// A lock that was written by hand makes no clip of another maker stand for one that is paid.
  public func isClip(of receipt: Receipt) -> Bool {
    receipt.digest == clip && receipt.recipe.backend == backend && receipt.recipe.key == key
  }
}

/// The locks of one pipeline, each with its place in the lock file.
public struct PipelineLocks: Hashable, Sendable {
  /// The lock file, as messages name it.
  public var file: String
  /// The locks, in the order of the file.
  public var entries: [Written<ClipLock>]

  /// The locks of `file`.
  public init(file: String, entries: [Written<ClipLock>]) {
    self.file = file
    self.entries = entries
  }
}

/// A segment's lock beside what the pipeline says of the segment now.
public struct SegmentLock: Hashable, Sendable, Codable {
  /// The clip that is kept.
  public var clip: ClipLock
  /// The take that would be in the film without the lock.
  public var planned: Take

  /// `clip` instead of `planned`.
  public init(clip: ClipLock, planned: Take) {
    self.clip = clip
    self.planned = planned
  }

  /// Whether the pipeline says something else than it did when the clip was locked.
  public var isMoved: Bool { planned.key != clip.key }
}

/// How a locked segment stands with the store.
public struct LockStanding: Hashable, Sendable {
  /// What the store has of a locked clip.
  public enum Presence: String, Hashable, Sendable, Codable {
    /// The clip is there.
    case kept
    /// It is not there.
    case missing
    /// Under its recipe there is a clip with other bytes.
    case other
  }

  /// The clip that is kept.
  public var clip: ClipLock
  /// What the store has of it.
  public var presence: Presence
  /// What has changed in the recipe since, in words for people; empty when nothing has.
  public var changes: [String]

  /// `clip`, of which the store has `presence`, while `changes` were made to the pipeline.
  public init(clip: ClipLock, presence: Presence, changes: [String]) {
    self.clip = clip
    self.presence = presence
    self.changes = changes
  }

  /// Whether lock, store and pipeline say the same.
  public var agrees: Bool { presence == .kept && changes.isEmpty }

  /// Why nothing can be made of the segment; `nil` when the clip is there.
  ///
  /// `pipeline` is the file that the remedy names.
  public func refusal(pipeline: String) -> OperationError? {
    let name = "the locked clip of \(clip.segment)"
    let remedy =
      "get it from where it was made (\(clip.backend)), or unlock it: "
      + "keyreel lock \(pipeline) --release \(clip.segment)"
    switch presence {
    case .kept: return nil
    case .missing:
      return OperationError(
        .lockedClipMissing, "\(name) is never made again, and it is missing in the store",
        remedy: remedy)
    case .other:
      return OperationError(
        .lockedClipMissing,
        "\(name) is missing in the store, which has another one of the same recipe",
        remedy: remedy)
    }
  }
}

extension Forecast {
  /// How the locked segments stand, in plan order.
  public var locks: [LockStanding] { steps.joined().joined().compactMap(\.lock) }

  /// What has to be known of locked segments: clips that no longer are as the pipeline says, or are gone.
  public var lockWarnings: [String] {
    locks.compactMap { lock in
      let name = (plan.films.count > 1 ? "\(lock.clip.film): " : "") + lock.clip.segment
      switch lock.presence {
      case .missing: return "\(name) is locked, and its clip is not in the store"
      case .other: return "\(name) is locked, and the store has another clip under its recipe"
      case .kept:
        guard !lock.changes.isEmpty else { return nil }
        return "\(name) is locked and keeps its clip, although this has changed since: "
          + lock.changes.joined(separator: ", ")
      }
    }
  }
}
