internal import Execution
internal import KeyreelCore

/// A failure and what it means for the caller, decided where it is known what failed.
struct CommandFailure: Error {
  /// What failed.
  var error: OperationError
  /// What the caller is told.
  var status: ExitStatus

  /// `error` with the status that the place of its throwing gave it.
  init(_ error: OperationError, _ status: ExitStatus) {
    self.error = error
    self.status = status
  }

  /// Any error, by what it says of itself.
  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as OperationError: self.init(error, ExitStatus(of: error))
    case is CancellationError:
      self.init(OperationError(.interrupted, "the command was stopped"), .interrupted)
    default:
      let text = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
      self.init(OperationError(.inputOutput, text, underlying: error), .runFailed)
    }
  }

  /// Runs `body`; what it throws means `status`, unless it was decided below.
  static func meaning<Value>(_ status: ExitStatus, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as OperationError {
      throw CommandFailure(error, status)
    }
  }

  /// Runs `body`, a call of the store or a write to the disk; its troubles are the disk's.
  static func atStore<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as OperationError {
      throw CommandFailure(error, ExitStatus(ofStore: error))
    }
  }
}

extension ExitStatus {
  /// What a failure means that did not come from the store.
  init(of error: OperationError) {
    switch error.code {
    case .busy: self = .busy
    case .diskFull, .newerVersion: self = .storeFailed
    case .verificationFailed: self = .verificationFailed
    case .interrupted: self = .interrupted
    case .unknownSubmission: self = .unknownSubmission
    default: self = .runFailed
    }
  }

  /// What a failure of the store means.
  init(ofStore error: OperationError) {
    switch error.code {
    // A folder of other things was named as the store.
    case .unsupported: self = .usage
    case .busy, .verificationFailed, .interrupted, .unknownSubmission: self.init(of: error)
    default: self = .storeFailed
    }
  }

  /// The status of a run in which `other` happened after this: the first one, a failed disk over others.
  func joined(with other: ExitStatus) -> ExitStatus {
    switch (self, other) {
    case (.success, _): other
    case (.unknownSubmission, _): self
    case (_, .unknownSubmission), (_, .storeFailed): other
    default: self
    }
  }
}
