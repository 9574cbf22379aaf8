import FalQueue
import KeyreelCore
import KeyreelTesting
import Synchronization
import SystemPackage
import Testing

/// A clock that stands still until it is told to go on.
final class TestClock: Sendable {
  private let time: Mutex<Timestamp>

  init(_ start: Int64 = 1_700_000_000_000) { time = Mutex(Timestamp(milliseconds: start)) }

  var now: Timestamp { time.withLock(\.self) }

  func advance(by length: Duration) { time.withLock { $0 = $0 + length } }
}

/// A data folder of a test's own with its clock.
final class TestBench: Sendable {
  let scratch: ScratchFolder
  let clock = TestClock()

  init() throws { scratch = try ScratchFolder(in: ScratchFolder.memory) }

  var folder: FilePath { scratch.path.appending("data") }

  func settings(_ change: (inout QueueSettings) -> Void = { _ in }) -> QueueSettings {
    // The queue keeps the bench, so that its folder stays while it is open.
    var settings = QueueSettings(now: { [self] in clock.now })
    change(&settings)
    return settings
  }

  func open(_ change: (inout QueueSettings) -> Void = { _ in }) async throws -> JobQueue {
    try await JobQueue.open(folder, settings: settings(change))
  }
}

extension NewJob {
  /// A job for the one endpoint of these tests.
  static func sample(
    _ id: String? = nil, owner: String = "ann", input: String = #"{"prompt":"a hill"}"#,
    _ change: (inout NewJob) -> Void = { _ in }
  ) -> NewJob {
    var job = NewJob(id: id, endpoint: "fal-ai/framepack/flf2v", owner: owner, input: input)
    change(&job)
    return job
  }
}

extension JobEnding {
  static let success = JobEnding(
    statusCode: 200, output: #"{"video":{"url":"https://x/v.mp4"}}"#,
    billableUnits: Money(nanos: 8_000_000_000), cost: Money(nanos: 266_400_000),
    inferenceTime: .milliseconds(1500))
  static let failure = JobEnding(
    statusCode: 500, output: #"{"detail":"broken"}"#, error: "broken",
    errorType: "internal_server_error")
}

extension JobQueue {
  /// Accepts a job that must be accepted.
  @discardableResult
  func submit(_ new: NewJob) async throws -> Job {
    guard case .accepted(let job, _) = try await accept(new) else {
      throw BrokenPromise("the job is accepted")
    }
    return job
  }

  /// Accepts, takes and completes one job.
  @discardableResult
  func finish(_ new: NewJob, with ending: JobEnding = .success) async throws -> Job {
    try await submit(new)
    let taken = try #require(try await take())
    guard case .completed(let job) = try await complete(taken.attempt, with: ending) else {
      throw BrokenPromise("the job ends")
    }
    return job
  }
}

/// The code of the error that `body` throws.
func code<Value>(_ body: () async throws -> Value) async -> OperationError.Code? {
  do {
    _ = try await body()
    return nil
  } catch { return (error as? OperationError)?.code ?? OperationError.Code("\(error)") }
}
