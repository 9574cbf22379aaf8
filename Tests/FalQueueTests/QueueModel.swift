import FalQueue
import KeyreelTesting
import Testing

/// What a queue must do, told in the simplest way.
struct QueueModel {
  struct Entry {
    var id: String
    var owner: String
    var priority: JobPriority
    var state = JobState.queued
    var attempts = 0
    var isCancelRequested = false
    var logs: [String] = []
    var statusCode: Int?
  }

  /// In the order of acceptance.
  var entries: [Entry] = []
  /// When each owner was last served, in takes.
  var served: [String: Int] = [:]
  var takes = 0

  func index(of id: String) -> Int? { entries.firstIndex { $0.id == id } }

  /// Which job is to be taken next.
  var next: Int? {
    let waiting = entries.indices.filter { entries[$0].state == .queued }
    func rank(_ owner: String) -> (Int, Int, String) {
      let running = entries.count { $0.owner == owner && $0.state == .running }
      return (running, served[owner, default: 0], owner)
    }
    guard let owner = waiting.map({ entries[$0].owner }).min(by: { rank($0) < rank($1) }) else {
      return nil
    }
    let own = waiting.filter { entries[$0].owner == owner }
    return own.first { entries[$0].priority == .normal } ?? own.first
  }

  mutating func take() -> Entry? {
    guard let next else { return nil }
    takes += 1
    entries[next].state = .running
    entries[next].attempts += 1
    served[entries[next].owner] = takes
    return entries[next]
  }

  mutating func end(_ index: Int, _ statusCode: Int) {
    entries[index].state = .completed
    entries[index].statusCode = statusCode
  }

  /// What a new process makes of what was running.
  mutating func crash() {
    for index in entries.indices where entries[index].state == .running {
      if entries[index].isCancelRequested {
        end(index, 499)
      } else if entries[index].attempts >= 10 {
        end(index, 503)
      } else {
        entries[index].state = .queued
      }
    }
  }

  /// Waiting jobs before the job at `index`; `nil` when it does not wait.
  func position(_ index: Int) -> Int? {
    let own = entries[index]
    guard own.state == .queued else { return nil }
    return entries.indices.count {
      let other = entries[$0]
      return other.state == .queued
        && (other.priority == own.priority ? $0 < index : other.priority == .normal)
    }
  }

  /// Compares every job with the queue's records.
  func check(_ queue: JobQueue) async throws {
    for (index, entry) in entries.enumerated() {
      let status = try #require(try await queue.status(of: entry.id, logsAfter: 0))
      try #require(status.job.state == entry.state)
      try #require(status.position == position(index))
      try #require(status.job.attempts == entry.attempts)
      try #require(status.job.statusCode == entry.statusCode)
      try #require(status.job.isCancelRequested == entry.isCancelRequested)
      try #require(status.logs.map(\.message) == entry.logs)
    }
    let counts = try await queue.counts()
    try #require(counts.waiting == entries.count { $0.state == .queued })
    try #require(counts.running == entries.count { $0.state == .running })
    try #require(counts.accepted == entries.count)
    try #require(try await queue.integrityProblems() == [])
  }
}
