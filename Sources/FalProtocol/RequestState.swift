/// The three states of a request; there is no fourth, a failed request is completed too.
public enum RequestState: String, Hashable, Sendable, Codable, CaseIterable {
  /// Waiting for a runner; a running request may come back to it.
  case inQueue = "IN_QUEUE"
  /// Being worked on.
  case inProgress = "IN_PROGRESS"
  /// Over, with an output, an error, or cancelled.
  case completed = "COMPLETED"

  /// The HTTP status of an answer that tells this state: 202 before the end, 200 after it.
  ///
  /// One official client takes the code 200 alone for the end.
  public var statusCode: Int { self == .completed ? 200 : 202 }
}
