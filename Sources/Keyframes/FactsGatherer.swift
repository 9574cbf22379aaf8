#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import Synchronization
internal import SystemPackage

/// Finds out what a pipeline's files are: first from the cache, then by reading them, several at once.
struct FactsGatherer {
  typealias Answer = Result<SourceFact, SourceProblem>

  /// A reference whose file is found.
  struct Found: Sendable {
    var reference: SourceReference
    /// Its name in the cache.
    var key: String
    /// What messages call it.
    var name: String
    /// Its full path.
    var path: String
    var file: FilePath { FilePath(path) }
    var stamp: SourceLocator.Stamp
  }

  let root: FilePath
  let sources: FilePath
  let locator: SourceLocator

  /// Answers for all `references`; `cache` learns what was read.
  func gather(_ references: [SourceReference], cache: inout FactsCache) async
    -> [SourceReference: Answer]
  {
    var answers: [SourceReference: Answer] = [:]
    answers.reserveCapacity(references.count)
    var unread: [Found] = []
    var seen: Set<SourceReference> = []
    var suggestions = NameSuggestion(root: root)
    // In the pipeline's order: its first missing files get suggestions.
    for reference in references where seen.insert(reference).inserted {
      do {
        let found = try locate(reference, &suggestions)
        if let fact = cache.fact(found.key, stamp: found.stamp) {
          answers[reference] = .success(fact)
        } else {
          unread.append(found)
        }
      } catch {
        answers[reference] = .failure(error)
      }
    }
    for (found, answer) in await Self.read(unread) {
      answers[found.reference] = answer
      if case .success(let fact) = answer { cache.remember(fact, found.key, stamp: found.stamp) }
    }
    return answers
  }

  private func locate(_ reference: SourceReference, _ suggestions: inout NameSuggestion)
    throws(SourceProblem) -> Found
  {
    switch reference {
    case .picture(.file(let path)): try found(reference, "still ", path, &suggestions)
    case .picture(.video(let path, let time)):
      try found(reference, "frame \(time.cacheText) ", path, &suggestions)
    case .footage(let path): try found(reference, "footage ", path, &suggestions)
    case .sound(let path): try found(reference, "sound ", path, &suggestions)
    case .captions(let path): try found(reference, "captions ", path, &suggestions)
    case .font(let path): try found(reference, "font ", path, &suggestions)
    case .picture(.url(let url, let digest)): try fetched(reference, url, digest)
    }
  }

  private func found(
    _ reference: SourceReference, _ kind: String, _ path: String,
    _ suggestions: inout NameSuggestion
  ) throws(SourceProblem) -> Found {
    let (file, stamp) = try locator.locate(path)
    guard let stamp else {
      let close = suggestions.path(like: path)
      throw SourceProblem(
        code: ProblemCode.missing, message: "`\(path)` does not exist",
        suggestion: close.map { "did you mean `\($0)`?" })
    }
    return Found(
      reference: reference, key: kind + path, name: "`\(path)`", path: file, stamp: stamp)
  }

  private func fetched(_ reference: SourceReference, _ url: String, _ digest: Digest?)
    throws(SourceProblem) -> Found
  {
    guard let digest else {
      throw SourceProblem(
        code: ProblemCode.notPinned,
        message: "`\(url)` has no `sha256`, so nobody knows what it is",
        suggestion: "run `keyreel fetch --pin` to fill it in")
    }
    let file = sources.appending(digest.hex)
    guard let stamp = SourceLocator.Stamp(of: file) else {
      throw SourceProblem(
        code: ProblemCode.notFetched, message: "`\(url)` has not been fetched yet",
        suggestion: "run `keyreel fetch` on the pipeline; planning never uses the network")
    }
    return Found(
      reference: reference, key: "fetched " + digest.hex, name: "`\(url)`", path: file.string,
      stamp: stamp)
  }

  /// Reads files on up to four threads of their own; facts about one file are made one after another.
  private static func read(_ unread: [Found]) async -> [(Found, Answer)] {
    let groups = Dictionary(grouping: unread, by: \.path).values
      .sorted { $0[0].path < $1[0].path }
    let queue = Queue(groups)
    return await withTaskGroup(of: [(Found, Answer)].self) { tasks in
      for _ in 0..<min(threads, groups.count) {
        tasks.addTask { await drain(queue) }
      }
      return await tasks.reduce(into: []) { $0 += $1 }
    }
  }

  private static func drain(_ queue: Queue) async -> [(Found, Answer)] {
    let answers = try? await OwnThread.run { token in
      var done: [(Found, Answer)] = []
      while let group = queue.take() {
        var reader = SourceReader(token: token)
        for found in group { done.append((found, reader.answer(found))) }
      }
      return done
    }
    return answers ?? []
  }

  /// Hands out files to the threads that read them.
  private final class Queue: Sendable {
    private let groups: [[Found]]
    private let next = Atomic<Int>(0)

    init(_ groups: [[Found]]) { self.groups = groups }

    func take() -> [Found]? {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      return index < groups.count ? groups[index] : nil
    }
  }

  private static var threads: Int { min(4, max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

extension TimeLength {
  fileprivate var cacheText: String {
    switch self {
    case .time(let nanoseconds): "\(nanoseconds)ns"
    case .frames(let frames): "\(frames)"
    }
  }
}
