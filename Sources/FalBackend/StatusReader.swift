internal import FalProtocol
internal import KeyreelCore
internal import Synchronization

/// Puts the statuses of a stream together; called from the session's thread, one piece after another.
final class StatusReader: Sendable {
  private struct State {
    var parser = EventStreamParser()
    var isCompleted = false
    var isOfUse = false
    var last: GenerationProgress?
  }

  private let state = Mutex(State())
  private let requestID: String
  private let progress: @Sendable (GenerationProgress) -> Void

  init(requestID: String, progress: @escaping @Sendable (GenerationProgress) -> Void) {
    self.requestID = requestID
    self.progress = progress
  }

  /// Whether the stream said that the request is completed.
  var isCompleted: Bool { state.withLock { $0.isCompleted } }

  /// Whether it said that the request still waited or was worked on.
  var sawWork: Bool { state.withLock { $0.last != nil } }

  /// Whether any status came.
  var isOfUse: Bool { state.withLock { $0.isOfUse } }

  /// Takes a piece of the stream; `false` when nothing more is of interest.
  func take(_ bytes: [UInt8]) -> Bool {
    let news: (steps: [GenerationProgress], goesOn: Bool) = state.withLock { state in
      guard let events = try? state.parser.feed(bytes) else { return ([], false) }
      let statuses = events.compactMap(status)
      if !statuses.isEmpty { state.isOfUse = true }
      state.isCompleted = statuses.contains { $0.state == .completed }
      // Servers repeat a status; people need it once.
      var steps: [GenerationProgress] = []
      for step in statuses.compactMap(\.progress) where step != state.last {
        steps.append(step)
        state.last = step
      }
      return (steps, !state.isCompleted)
    }
    for step in news.steps { progress(step) }
    return news.goesOn
  }

  private func status(_ event: [UInt8]) -> QueueStatus? {
    guard let json = try? JSONValue(parsing: event),
      let status = try? QueueStatus(decoding: json, requestID: requestID),
      status.requestID == requestID
    else { return nil }
    return status
  }
}

extension QueueStatus {
  /// How far a clip has come, as reporters tell it; the end is told by others.
  var progress: GenerationProgress? {
    switch state {
    case .inQueue: .queued(position: queuePosition)
    case .inProgress: .rendering(done: 0, of: 0)
    case .completed: nil
    }
  }
}
