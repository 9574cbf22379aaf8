internal import FalQueue
internal import KeyreelCore
internal import Synchronization

/// The log of a job under way: takes lines without waiting, writes them in batches.
struct JobLog: Sendable {
  private let queue: JobQueue
  private let attempt: Attempt
  private let lines: AsyncStream<LogLine>
  private let writer: AsyncStream<LogLine>.Continuation
  private let tenths = Mutex(-1)
}
