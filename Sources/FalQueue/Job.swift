public import KeyreelCore

/// Where a job is; there are only these three states.
public enum JobState: Int, Hashable, Sendable, Codable {
  /// Waits for its turn.
  case queued = 0
  /// Is being worked on.
  case running = 1
  /// Is over, well or not.
  case completed = 2
}

/// Which of one owner's jobs go first.
public enum JobPriority: Int, Hashable, Sendable, Codable {
  /// Before the low ones.
  case normal = 0
  /// When the owner has nothing of normal priority waiting.
  case low = 1
}

/// What a job's work is charged at; decided by the caller when the job is accepted.
public struct JobPrice: Hashable, Sendable, Codable {
  /// The price of one unit.
  public var unitPrice: Money
  /// What a unit is, `seconds` or `videos`.
  public var unit: String
  /// ISO 4217 code.
  public var currency: String

  /// `unitPrice` for each `unit`.
  public init(unitPrice: Money, unit: String, currency: String = "USD") {
    self.unitPrice = unitPrice
    self.unit = unit
    self.currency = currency
  }
}

/// How a job ended; written once.
public struct JobEnding: Hashable, Sendable {
  /// HTTP status of the result, 200 for success.
  public var statusCode: Int
  /// The result's body: the model's output, or the error's body; JSON text.
  public var output: String?
  /// A sentence when it failed.
  public var error: String?
  /// The kind of failure, `client_cancelled`.
  public var errorType: String?
  /// Units charged; a decimal such as `8` or `8.0333`, at most nine places.
  public var billableUnits: Money
  /// What is charged.
  public var cost: Money
  /// How long the model itself worked.
  public var inferenceTime: Duration?
  /// Files in their places that the job made; they get their records with its ending.
  public var files: [StoredFile] = []

  /// An ending with `statusCode` and a body.
  public init(
    statusCode: Int, output: String?, error: String? = nil, errorType: String? = nil,
    billableUnits: Money = .zero, cost: Money = .zero, inferenceTime: Duration? = nil
  ) {
    self.statusCode = statusCode
    self.output = output
    self.error = error
    self.errorType = errorType
    self.billableUnits = billableUnits
    self.cost = cost
    self.inferenceTime = inferenceTime
  }

  /// Whether it is a success: a status below 400 and no error.
  public var isSuccess: Bool { statusCode < 400 && error == nil }
}

/// What is known of an accepted job, without its input and output.
public struct Job: Hashable, Sendable {
  /// The request's id.
  public var id: String
  /// Place in the order of acceptance; grows, has gaps.
  public var number: Int64
  /// The endpoint's full id.
  public var endpoint: String
  /// Id of the key that sent it.
  public var owner: String
  /// Where it is.
  public var state: JobState
  /// Its priority among its owner's.
  public var priority: JobPriority
  /// When it was accepted.
  public var acceptedAt: Timestamp
  /// When its last attempt began.
  public var startedAt: Timestamp?
  /// When it ended.
  public var endedAt: Timestamp?
  /// When it must have begun.
  public var startDeadline: Timestamp?
  /// Attempts begun so far.
  public var attempts: Int
  /// Whether a failed attempt is the last one.
  public var isNeverRetried: Bool
  /// Whether its cancellation was asked for.
  public var isCancelRequested: Bool
  /// Whether input and output may be shown later.
  public var keepsPayloads: Bool
  /// How long the files it makes live.
  public var fileLife: Duration?
  /// Who may read the files it makes.
  public var fileAccess: FileAccess
  /// Whom to tell when it ends.
  public var webhook: String?
  /// Opaque JSON text of the caller: reporting tags.
  public var tags: String?
  /// Opaque text of the caller.
  public var context: String?
  /// What it is charged at.
  public var price: JobPrice?
  /// HTTP status of the result, once ended.
  public var statusCode: Int?
  /// What went wrong, once ended.
  public var error: String?
  /// The kind of failure, once ended.
  public var errorType: String?
  /// Units charged, once ended.
  public var billableUnits: Money?
  /// What was charged, once ended.
  public var cost: Money?
  /// How long the model itself worked, once ended.
  public var inferenceTime: Duration?
  /// Log lines so far; the last one's number.
  public var logCount: Int
}

/// One line of a job's log.
public struct LogLine: Hashable, Sendable {
  /// 1-based number within the job; 0 for a line not yet written.
  public var number: Int
  /// When it was said.
  public var time: Timestamp
  /// `INFO`, `WARN`, `ERROR`, `DEBUG`, `STDOUT` or `STDERR`.
  public var level: String
  /// What was said.
  public var message: String

  /// A line said at `time`.
  public init(number: Int = 0, time: Timestamp, level: String, message: String) {
    self.number = number
    self.time = time
    self.level = level
    self.message = message
  }
}

/// A job's input and output as JSON text; each `nil` when not there, withheld or erased.
public struct JobPayloads: Hashable, Sendable {
  /// What was sent.
  public var input: String?
  /// What came out, or the error's body.
  public var output: String?

  /// Nothing.
  public init() {}

  init(input: String?, output: String?) {
    self.input = input
    self.output = output
  }
}
