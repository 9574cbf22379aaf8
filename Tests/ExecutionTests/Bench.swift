import Execution
import KeyreelCore
import KeyreelTesting
import Storage
import SystemPackage

/// A store in a folder of its own, and what is needed to run plans against it.
struct Bench: Sendable {
  let scratch: ScratchFolder
  let reporter = RecordingReporter()

  init() throws { scratch = try ScratchFolder(in: ScratchFolder.memory) }

  var folder: FilePath { scratch.path.appending("store") }

  func store() throws -> DirectoryStore { try DirectoryStore(at: folder) }

  /// An executor that never pauses before it tries again.
  func executor(
    _ backend: ScriptedBackend, on store: (any ArtifactStore)? = nil, waits: Bool = true,
    tries: Int = 3
  ) throws -> PlanExecutor {
    PlanExecutor(
      store: try store ?? self.store(), backend: backend, pictures: ScriptedPictures(),
      inspector: ScriptedInspector(), reporter: reporter,
      options: .init(
        waits: waits, backoff: Backoff(Array(repeating: .zero, count: tries - 1))))
  }

  /// What the reporter heard, one word and one segment per event, progress left out.
  var story: [String] {
    reporter.events.compactMap { event in
      switch event {
      case .waiting(let name): "waiting \(name.segment)"
      case .takeStarted(let name, _): "started \(name.segment)"
      case .takeCommitted(let name, _, _, _): "committed \(name.segment)"
      case .takeReused(let name, _): "reused \(name.segment)"
      case .takeFailed(let name, _): "failed \(name.segment)"
      case .takeSkipped(let name, _): "skipped \(name.segment)"
      case .remark(let text): "remark \(text)"
      default: nil
      }
    }
  }
}

extension ExecutionResult {
  /// `made/reused/failed/skipped` of the summary.
  var counts: [Int] { [summary.made, summary.reused, summary.failed, summary.skipped] }
}

/// A failure that a test asks for.
func trouble(_ code: OperationError.Code = .network, isRetryable: Bool = false) -> OperationError {
  OperationError(code, "made up trouble", isRetryable: isRetryable)
}

/// Tells a test that a run has come to a certain place.
struct Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

  /// Tells it.
  func give() { continuation.yield() }

  /// Tells it, and goes on only when the task is cancelled.
  func giveAndHang() async {
    continuation.yield()
    try? await Task.sleep(for: .seconds(86_400))
  }

  /// Returns when it was told `count` times.
  func wait(for count: Int) async {
    var left = count
    for await _ in stream {
      left -= 1
      if left == 0 { return }
    }
  }
}
