internal import FalQueue
internal import KeyreelCore
internal import Synchronization

/// The log of a job under way: takes lines without waiting and writes them in batches.
final class JobLog: Sendable {
  private let queue: JobQueue
  private let attempt: Attempt
  private let waiting = Mutex<[LogLine]>([])
  private let tenths = Mutex(0)
  /// Lines of one moment are written together.
  private static let moment = Duration.milliseconds(100)
  private let wakes: AsyncStream<Void>
  private let waker: AsyncStream<Void>.Continuation

  init(queue: JobQueue, attempt: Attempt) {
    self.queue = queue
    self.attempt = attempt
    (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Takes a line down.
  func say(_ message: String, level: String = "INFO") {
    let line = LogLine(time: queue.now, level: level, message: message)
    waiting.withLock { $0.append(line) }
    waker.yield()
  }

  /// Takes every tenth of the way down, and no step twice.
  func tell(_ progress: GenerationProgress) {
    guard case .rendering(let done, let count) = progress, count > 0 else { return }
    let tenth = done * 10 / count
    let isNew = tenths.withLock { told in
      defer { told = max(told, tenth) }
      return tenth > told
    }
    if isNew { say("Rendered \(done) of \(count) frames (\(tenth * 10)%)") }
  }

  /// Runs `body` while lines are written behind it; the last ones are left ``unwritten()``.
  func writing<Value: Sendable>(
    _ body: @escaping @Sendable (JobLog) async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in self.wakes {
          try? await Task.sleep(for: Self.moment)
          // At the end the rest is written with the job's ending.
          guard !Task.isCancelled else { return }
          await self.flush()
        }
      }
      defer {
        waker.finish()
        group.cancelAll()
      }
      return try await body(self)
    }
  }

  /// Writes the lines that are not on the disk yet.
  ///
  /// No clip is given up for its log: what cannot be written waits for the next lines, or the ending.
  func flush() async {
    let lines = unwritten()
    do {
      try await queue.log(lines, of: attempt)
    } catch {
      waiting.withLock { $0.insert(contentsOf: lines, at: 0) }
    }
  }

  /// Hands out the lines that are not on the disk yet, once.
  func unwritten() -> [LogLine] {
    waiting.withLock { lines in
      defer { lines = [] }
      return lines
    }
  }
}
