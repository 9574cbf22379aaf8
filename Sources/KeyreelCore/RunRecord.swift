/// What one run did and when: kept in the store, so that reports can tell of it later.
public struct RunRecord: Hashable, Sendable, Codable {
  /// When it began, ISO 8601 in UTC.
  public var begun: String
  /// How long it has taken so far, in milliseconds.
  public var milliseconds: Int
  /// Who made the clips.
  public var backend: BackendIdentity
  /// The program's version.
  public var tool: String
  /// The takes that the run came to, in the order in which it did.
  public var takes: [TakeRecord]
  /// The films that it made, found unchanged or failed at.
  public var films: [FilmRecord]
  /// What had to be known even where only errors are told.
  public var warnings: [String]
  /// What it came to; `nil` while it runs, or when it was killed.
  public var summary: RunSummary?

  /// A run that has done nothing yet.
  public init(begun: String, backend: BackendIdentity, tool: String) {
    self.begun = begun
    milliseconds = 0
    self.backend = backend
    self.tool = tool
    takes = []
    films = []
    warnings = []
  }
}

/// What a run did for one take; all times are milliseconds after the run's beginning.
public struct TakeRecord: Hashable, Sendable, Codable {
  /// What came of a take.
  public enum Outcome: String, Hashable, Sendable, Codable {
    /// It is being made, or the run was killed meanwhile.
    case unfinished
    /// It was made in this run.
    case made
    /// It was in the store.
    case reused
    /// It could not be made.
    case failed
    /// It was not tried.
    case skipped
  }

  /// What somebody waited for during a stretch of time.
  public enum Stage: String, Hashable, Sendable, Codable {
    /// Another process, which makes the clip.
    case waiting
    /// Pictures being fitted and uploaded.
    case preparing
    /// The maker's queue.
    case queued
    /// The making itself.
    case rendering
    /// The clip's way here, and its inspection.
    case downloading
  }

  /// A stretch of time.
  public struct Phase: Hashable, Sendable, Codable {
    /// What was waited for.
    public var stage: Stage
    /// When it began.
    public var start: Int
    /// When it ended.
    public var end: Int

    /// `stage`, from `start` to `end`.
    public init(_ stage: Stage, from start: Int, to end: Int) {
      self.stage = stage
      self.start = start
      self.end = end
    }
  }

  /// Which take it is.
  public var name: TakeName
  /// Its clip, where there is one.
  public var key: RecipeKey?
  /// What came of it.
  public var outcome: Outcome
  /// What it went through, one after another.
  public var phases: [Phase]
  /// Why it failed or was not tried.
  public var failure: FailureRecord?

  /// A take of which nothing is known yet.
  public init(_ name: TakeName) {
    self.name = name
    outcome = .unfinished
    phases = []
  }
}

/// A failure as it is kept: what a person needs of an ``OperationError``.
public struct FailureRecord: Hashable, Sendable, Codable {
  /// A stable kebab-case word.
  public var code: String
  /// One sentence without a full stop.
  public var message: String
  /// What to do about it.
  public var remedy: String?

  /// A failure told in `message`.
  public init(code: String, message: String, remedy: String? = nil) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  /// What is kept of `error`.
  public init(_ error: OperationError) {
    self.init(code: error.code.description, message: error.message, remedy: error.remedy)
  }
}

/// What a run did for one film; times are milliseconds after the run's beginning.
public struct FilmRecord: Hashable, Sendable, Codable {
  /// The film's name.
  public var name: String
  /// Where it was written, as the user would type it; `nil` when it failed.
  public var path: String?
  /// Frames of the film.
  public var frames: Int
  /// Whether it was there already.
  public var isReused: Bool
  /// When joining began; `nil` when nothing was joined.
  public var start: Int?
  /// When it was published, or failed.
  public var end: Int
  /// Why it failed.
  public var failure: FailureRecord?

  /// A film that ended at `end`.
  public init(
    name: String, path: String?, frames: Int, isReused: Bool, start: Int?, end: Int,
    failure: FailureRecord? = nil
  ) {
    self.name = name
    self.path = path
    self.frames = frames
    self.isReused = isReused
    self.start = start
    self.end = end
    self.failure = failure
  }
}
