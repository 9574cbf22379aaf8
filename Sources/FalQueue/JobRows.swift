internal import GRDB
internal import KeyreelCore

extension Job {
  /// The columns in the order that ``init(_:)`` reads them.
  static let columns = """
    id, number, endpoint, owner, state, priority, accepted_at, started_at, ended_at, \
    start_deadline, attempts, never_retried, cancel_requested, keeps_payloads, file_life, \
    webhook, tags, context, unit_price, unit, currency, status_code, error, error_type, units, \
    cost, inference_time, log_count, file_access
    """

  init(_ row: Row) throws {
    id = row[0]
    number = row[1]
    endpoint = row[2]
    owner = row[3]
    guard let state = JobState(rawValue: row[4]), let priority = JobPriority(rawValue: row[5])
    else { throw OperationError(.corrupt, "the database holds a job in an unknown state") }
    self.state = state
    self.priority = priority
    acceptedAt = Timestamp(milliseconds: row[6])
    startedAt = (row[7] as Int64?).map(Timestamp.at)
    endedAt = (row[8] as Int64?).map(Timestamp.at)
    startDeadline = (row[9] as Int64?).map(Timestamp.at)
    attempts = row[10]
    isNeverRetried = row[11]
    isCancelRequested = row[12]
    keepsPayloads = row[13]
    fileLife = (row[14] as Int64?).map { .milliseconds($0) }
    webhook = row[15]
    tags = row[16]
    context = row[17]
    if let unitPrice: Int64 = row[18], let unit: String = row[19], let currency: String = row[20] {
      price = JobPrice(unitPrice: Money(nanos: unitPrice), unit: unit, currency: currency)
    }
    statusCode = row[21]
    error = row[22]
    errorType = row[23]
    billableUnits = (row[24] as Int64?).map { Money(nanos: $0) }
    cost = (row[25] as Int64?).map { Money(nanos: $0) }
    inferenceTime = (row[26] as Int64?).map { .microseconds($0) }
    logCount = row[27]
    fileAccess = try FileAccess(stored: row[28])
  }

  static func find(_ id: String, _ db: Database) throws -> Job? {
    let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM jobs WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id]).map(Job.init)
  }

  static func find(number: Int64, _ db: Database) throws -> Job? {
    let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM jobs WHERE number = ?")
    return try Row.fetchOne(statement, arguments: [number]).map(Job.init)
  }

  /// Jobs that wait.
  static func queueLength(_ db: Database) throws -> Int {
    let statement = try db.cachedStatement(
      sql: "SELECT coalesce(sum(waiting), 0) FROM owners WHERE waiting > 0")
    return try Int.fetchOne(statement) ?? 0
  }
}

extension JobPayloads {
  /// What is there of the job with this number.
  init(of number: Int64, _ db: Database) throws {
    let output = try db.cachedStatement(sql: "SELECT output FROM outputs WHERE job = ?")
    self.init(
      input: try Self.input(of: number, db),
      output: try String.fetchOne(output, arguments: [number]))
  }

  /// What was sent, unless it was withheld or erased.
  static func input(of number: Int64, _ db: Database) throws -> String? {
    let statement = try db.cachedStatement(sql: "SELECT input FROM inputs WHERE job = ?")
    return try String.fetchOne(statement, arguments: [number])
  }

  static func erase(of number: Int64, _ db: Database) throws {
    try db.run("DELETE FROM inputs WHERE job = ?", [number])
    try db.run("DELETE FROM outputs WHERE job = ?", [number])
  }
}

extension Timestamp {
  /// The moment that a column holds.
  static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
}

extension Database {
  /// Runs one statement that is compiled once and kept.
  func run(_ sql: String, _ arguments: StatementArguments = []) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}
