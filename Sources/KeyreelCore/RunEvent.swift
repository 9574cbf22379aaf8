/// Names one take of one segment of a run.
public struct TakeName: Hashable, Sendable, Codable {
  /// The film's name.
  public var film: String
  /// The segment's id.
  public var segment: String
  /// 1-based number of the take.
  public var take: Int

  /// Take `take` of `segment` in `film`.
  public init(film: String, segment: String, take: Int) {
    self.film = film
    self.segment = segment
    self.take = take
  }
}

/// Something that happened in a run; events flow sideways to reporters and never back.
public enum RunEvent: Sendable {
  /// The run begins: films, takes to make, takes reused.
  case started(films: Int, generate: Int, reuse: Int, cost: PriceRange, currency: String)
  /// Another process is making this take; it is waited for.
  case waiting(TakeName)
  /// A take's making begins: planned frames.
  case takeStarted(TakeName, frames: Int)
  /// A take has come this far.
  case takeProgress(TakeName, GenerationProgress)
  /// A take is committed.
  case takeCommitted(TakeName, key: RecipeKey, inspection: ClipInspection, elapsed: Duration)
  /// A take was in the store already.
  case takeReused(TakeName, key: RecipeKey)
  /// A take could not be made.
  case takeFailed(TakeName, OperationError)
  /// A take was not tried, because what it starts from is missing or the run was stopped.
  case takeSkipped(TakeName, reason: String)
  /// A film is being stitched: frames done of all.
  case stitching(film: String, done: Int, of: Int)
  /// A film's join was measured, and mended where that was asked for.
  case joinMeasured(film: String, JoinVerdict)
  /// A film is published: where, its frames and length.
  case filmPublished(film: String, path: String, frames: Int, duration: Duration, reused: Bool)
  /// A film could not be made.
  case filmFailed(film: String, OperationError)
  /// A remark worth a line.
  case remark(String)
  /// Something that has to be known even where only errors are told: a ceiling that ended the buying.
  case warning(String)
  /// The run is over.
  case finished(RunSummary)
}

/// What a run came to.
public struct RunSummary: Hashable, Sendable, Codable {
  /// Takes made in this run.
  public var made = 0
  /// Takes that were in the store.
  public var reused = 0
  /// Takes that failed.
  public var failed = 0
  /// Takes that were not tried.
  public var skipped = 0
  /// Takes among those not tried to the end that are bought: a later run collects them.
  public var leftToCollect = 0
  /// Films published, or found unchanged.
  public var films = 0
  /// What all clips of the plan cost, made or not.
  public var planned = PriceRange.free
  /// What was spent.
  public var spent = PriceRange.free
  /// What may have been billed without anybody knowing: lost answers, requests still on their way.
  public var unknown = PriceRange.free
  /// What reuse saved.
  public var saved = PriceRange.free
  /// ISO 4217 code of the amounts.
  public var currency: String
  /// How long the run took, in milliseconds.
  public var milliseconds: Int64 = 0
  /// Whether it was stopped by a signal.
  public var wasInterrupted = false

  /// A run that has done nothing yet.
  public init(currency: String) { self.currency = currency }
}

/// Someone who is told what happens in a run.
///
/// Called from any thread, in the order of events of one take; must return quickly and never throws.
public protocol Reporter: Sendable {
  /// Takes note of `event`.
  func report(_ event: RunEvent)
}
