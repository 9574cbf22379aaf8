public import KeyreelCore

/// A job as it is handed in.
public struct NewJob: Hashable, Sendable {
  /// The request's id; one is made when `nil`.
  public var id: String?
  /// The endpoint's full id.
  public var endpoint: String
  /// Id of the key that sent it.
  public var owner: String
  /// The input, JSON text.
  public var input: String
  /// Whether input and output may be shown later (`X-Fal-Store-IO`).
  public var keepsPayloads = true
  /// Its priority among its owner's.
  public var priority = JobPriority.normal
  /// How long after acceptance it must have begun.
  public var startTimeout: Duration?
  /// Whether a failed attempt is the last one (`X-Fal-No-Retry`).
  public var isNeverRetried = false
  /// How long the files it makes live.
  public var fileLife: Duration?
  /// Who may read the files it makes.
  public var fileAccess = FileAccess.open
  /// Whom to tell when it ends.
  public var webhook: String?
  /// Opaque JSON text: reporting tags.
  public var tags: String?
  /// Opaque text that comes back with the job.
  public var context: String?
  /// What it is charged at.
  public var price: JobPrice?
  /// Refuses the job when more than this many jobs are waiting.
  public var maximumQueueLength: Int?
  /// Makes a repeated submission find the first one.
  public var idempotency: IdempotencyKey?

  /// `input` for `endpoint`, sent by `owner`.
  public init(id: String? = nil, endpoint: String, owner: String, input: String) {
    self.id = id
    self.endpoint = endpoint
    self.owner = owner
    self.input = input
  }
}

/// A submission's name, chosen by its sender; unique per owner.
public struct IdempotencyKey: Hashable, Sendable {
  /// The header's text.
  public var key: String
  /// Digest of all that makes two submissions the same.
  public var body: Digest

  /// The name `key` for a submission of `body`.
  public init(_ key: String, body: Digest) {
    self.key = key
    self.body = body
  }
}

/// What became of a submission.
public enum Acceptance: Hashable, Sendable {
  /// The job is in the queue and on the disk; `position` jobs are before it.
  case accepted(Job, position: Int)
  /// It was accepted before under the same idempotency key.
  case replayed(Job, position: Int?)
  /// The idempotency key names a submission of another body.
  case conflict(jobID: String)
  /// More jobs wait than the sender allows.
  case tooLong(queueLength: Int)
}

/// A job taken for work.
public struct TakenJob: Hashable, Sendable {
  /// The job, running.
  public var job: Job
  /// The input, JSON text.
  public var input: String

  /// The attempt that this is.
  public var attempt: Attempt { Attempt(jobID: job.id, number: job.attempts) }
}

/// Names one attempt at a job; a later attempt makes it stale.
public struct Attempt: Hashable, Sendable {
  /// The job.
  public var jobID: String
  /// 1-based number.
  public var number: Int

  /// Attempt `number` at `jobID`.
  public init(jobID: String, number: Int) {
    self.jobID = jobID
    self.number = number
  }
}

/// Whether an ending was written.
public enum CompletionOutcome: Hashable, Sendable {
  /// It was: the job has ended.
  case completed(Job)
  /// It was not: the attempt is no longer the current one, or the job has ended or is unknown.
  case stale
}

/// What became of an attempt that was given up.
public enum RequeueOutcome: Hashable, Sendable {
  /// The job waits again.
  case requeued(Job)
  /// It had its last attempt (ten, or no retry wanted); the caller completes it.
  case exhausted(Job)
  /// The job was to be cancelled and ended as cancelled.
  case cancelled(Job)
  /// The attempt is no longer the current one.
  case stale
}

/// What became of the wish to cancel.
public enum CancelOutcome: Hashable, Sendable {
  /// It waited, and ended as cancelled without being run.
  case removed(Job)
  /// It runs; whoever works on it is told.
  case requested(Job)
  /// Too late.
  case alreadyCompleted(Job)
  /// No such job.
  case unknown
}
