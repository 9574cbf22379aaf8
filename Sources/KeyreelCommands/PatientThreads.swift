internal import Dispatch
internal import KeyreelCore
internal import Synchronization

/// Threads that commands run on, where a question to a store far away keeps no other task waiting.
///
/// A command asks its store in many places, and a shared store answers over a network. Swift's own
/// threads are as many as the machine has cores, and none of them may be blocked for so long.
final class PatientThreads: TaskExecutor {
  /// Those of this process.
  static let shared = PatientThreads()

  private struct State {
    var jobs: [UnownedJob] = []
    var next = 0
    var threads = 0
    var idle = 0
  }

  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  /// Enough for a command, the tasks that it waits for, and some that are blocked.
  private static let most = 8

  private init() {}

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let (wakes, starts) = state.withLock { state in
      state.jobs.append(job)
      if state.idle > 0 {
        state.idle -= 1
        return (true, false)
      }
      guard state.threads < Self.most else { return (false, false) }
      state.threads += 1
      return (false, true)
    }
    if wakes { work.signal() }
    if starts { OwnThread.start { self.serve() } }
  }

  private func serve() {
    while true {
      if let job = take() {
        job.runSynchronously(on: asUnownedTaskExecutor())
      } else {
        work.wait()
      }
    }
  }

  /// The job that has waited longest; who gets none is idle from then on.
  private func take() -> UnownedJob? {
    state.withLock { state in
      guard state.next < state.jobs.count else {
        state.idle += 1
        return nil
      }
      defer {
        state.next += 1
        if state.next == state.jobs.count {
          state.jobs.removeAll(keepingCapacity: true)
          state.next = 0
        }
      }
      return state.jobs[state.next]
    }
  }
}
