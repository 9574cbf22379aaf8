import FalQueue
import KeyreelCore
import KeyreelTesting
import Synchronization
import SystemPackage
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite("A process that is killed at any moment loses nothing that was promised")
struct KillTests {
  @Test("What was answered before a kill is there after it", arguments: [1, 30, 101, 250, 600])
  func kill(promised: Int) async throws {
    let scratch = try ScratchFolder(in: ScratchFolder.memory)
    let place = scratch.path.string
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [place = place as String, promised = promised as Int] in
      try await Doomed(FilePath(place), after: promised).live()
    }
    let promises = try Promises(scratch.path)
    #expect(promises.lines.count >= promised)
    let queue = try await JobQueue.open(scratch.path.appending("data"))
    #expect(try await queue.integrityProblems() == [])
    #expect(try await queue.counts().running == 0)
    for id in promises["accepted"] { #expect(try await queue.job(id) != nil) }
    for id in promises["ended"] {
      let job = try #require(try await queue.job(id))
      #expect(job.state == .completed && job.statusCode == 200)
      #expect(try await queue.logs(of: id).count == 2)
    }
    for id in promises["file"] {
      let file = try #require(try await queue.file(id))
      #expect(Digest.of(try TestFile.read(file.path)) == file.digest)
    }
    #expect(try await queue.counts().deliveriesDue == queue.counts().succeeded)
    while let taken = try await queue.take() {
      #expect(!promises["ended"].contains(taken.job.id))
      _ = try await queue.complete(taken.attempt, with: .success)
    }
    #expect(try await queue.counts().succeeded == queue.counts().accepted)
  }
}

/// What a process said before it was killed, a line each: `accepted 1234…`.
private struct Promises {
  let lines: [[Substring]]

  init(_ folder: FilePath) throws {
    let path = folder.appending("promises")
    let text = TestFile.exists(path) ? String(decoding: try TestFile.read(path), as: UTF8.self) : ""
    lines = text.split(separator: "\n").map { $0.split(separator: " ") }
  }

  subscript(kind: String) -> [String] {
    lines.filter { $0.count == 2 && $0[0] == kind }.map { String($0[1]) }
  }
}

/// A process that works until it is killed, and writes down what the queue told it.
private final class Doomed: Sendable {
  let folder: FilePath
  let promises: FileDescriptor
  /// How many promises it may still make.
  let left: Mutex<Int>

  init(_ folder: FilePath, after promised: Int) throws {
    self.folder = folder
    left = Mutex(promised)
    promises = try FileDescriptor.open(
      folder.appending("promises"), .writeOnly, options: [.create, .append],
      permissions: [.ownerReadWrite])
  }

  func tell(_ kind: String, _ id: String) throws {
    _ = try promises.writeAll(Array("\(kind) \(id)\n".utf8))
    let isLast = left.withLock { left in
      left -= 1
      return left <= 0
    }
    // The others are in the middle of whatever they do.
    if isLast { _ = kill(getpid(), SIGKILL) }
  }

  func live() async throws {
    let queue = try await JobQueue.open(folder.appending("data"))
    await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { while true { try await self.submit(queue) } } }
      for _ in 0..<2 { group.addTask { while true { try await self.work(queue) } } }
      group.addTask { while true { try await self.store(queue) } }
    }
  }

  private func submit(_ queue: JobQueue) async throws {
    let job = try await queue.submit(.sample { $0.webhook = "https://example.org" })
    try tell("accepted", job.id)
  }

  private func work(_ queue: JobQueue) async throws {
    guard let taken = try await queue.take() else { return await Task.yield() }
    for text in ["one", "two"] {
      let line = LogLine(time: queue.now, level: "INFO", message: text)
      try await queue.log([line], of: taken.attempt)
    }
    _ = try await queue.complete(taken.attempt, with: .success)
    try tell("ended", taken.job.id)
  }

  private func store(_ queue: JobQueue) async throws {
    let label = FileLabel(name: "f", contentType: nil, owner: "ann")
    let draft = try await queue.newFile(label, limit: 1 << 20)
    try await draft.append([UInt8](repeating: 3, count: 50_000))
    try tell("file", try await draft.finish().id)
  }
}
