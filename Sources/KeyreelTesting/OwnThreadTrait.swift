import KeyreelCore
import Testing

/// Runs each test of a suite on threads of its own.
///
/// Swift's own threads are as many as the machine has cores. Tests that compute for seconds without a
/// pause would hold them all, and the servers of other tests would give no answer in time.
public struct OwnThreadTrait: SuiteTrait, TestTrait, TestScoping {
  /// A suite hands it on to its tests.
  public let isRecursive = true

  /// Runs one test, or one case of it, with an executor that gives every piece of work its own thread.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(Threads()) { try await body() }
  }

  private final class Threads: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      OwnThread.start { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }
}

extension Trait where Self == OwnThreadTrait {
  /// For tests that compute or block for more than a moment.
  public static var ownThread: Self { Self() }
}
