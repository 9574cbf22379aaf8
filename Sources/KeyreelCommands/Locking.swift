internal import KeyreelCore
internal import PipelineLanguage
internal import Reporting
internal import Storage

/// Locks segments of a plan to the clips that the store has of them.
struct Locking {
  let work: PipelineWork
  let plan: Plan
  let context: CommandContext

  /// A segment that is to be locked.
  private struct Candidate {
    var film: String
    var segment: Segment
  }

  /// Locks the segments called `names`, or all that are made; writes nothing where a named one is not.
  func lock(_ names: [String]) throws -> ExitStatus {
    try work.checkSegments(names, of: plan)
    let candidates = plan.films.flatMap { film in
      film.segments.filter { names.isEmpty || names.contains($0.id) }
        .map { Candidate(film: film.name, segment: $0) }
    }
    var (locked, missing): ([ClipLock], [Candidate]) = ([], [])
    for candidate in candidates where candidate.segment.lock == nil {
      if let lock = try clip(of: candidate) {
        locked.append(lock)
      } else {
        missing.append(candidate)
      }
    }
    if let first = missing.first, !names.isEmpty {
      throw CommandFailure(
        OperationError(
          .notFound, "\(first.segment.id) is not made yet by \(plan.backend), so nothing is locked",
          remedy: "make it first: keyreel run \(ShellWord.quoted(work.project.displayPath))"),
        .runFailed)
    }
    if !locked.isEmpty { try work.lock.write(work.lock.clips + locked) }
    tell(locked, missing, of: candidates)
    return .success
  }

  /// The clip that is in the film, when the store has it whole.
  private func clip(of candidate: Candidate) throws -> ClipLock? {
    let segment = candidate.segment
    let take = segment.chosen
    let receipt = try CommandFailure.atStore { try work.store.receipt(for: take.key) }
    guard let receipt else { return nil }
    let lock = ClipLock(
      film: candidate.film, segment: segment.id, backend: plan.backend, take: take.number,
      seed: segment.seedParameter == nil ? nil : take.seed, key: take.key, clip: receipt.digest,
      frames: receipt.inspection.frames)
    return try work.hasWhole(lock) ? lock : nil
  }

  private func tell(_ locked: [ClipLock], _ missing: [Candidate], of candidates: [Candidate]) {
    func name(_ film: String, _ segment: String) -> String {
      plan.films.count > 1 ? "\(film): \(segment)" : segment
    }
    for lock in locked {
      context.output.writeLine("locked \(name(lock.film, lock.segment)) to take \(lock.take)")
    }
    for candidate in missing {
      context.errors.writeLine(
        "not locked: \(name(candidate.film, candidate.segment.id)) is not made yet")
    }
    let old = candidates.count { $0.segment.lock != nil }
    if old > 0 {
      context.output.writeLine("\(old) \(old == 1 ? "segment is" : "segments are") locked already")
    }
    if !locked.isEmpty { context.output.writeLine("wrote \(work.lock.name)") }
  }
}

/// Unlocks segments; the pipeline itself is not looked at, so that also what it no longer has is unlocked.
struct LockRelease {
  private let lock: PipelineLock
  private let names: [String]
  private let context: CommandContext
  private let backend: BackendIdentity?

  /// Unlocks `names` of the pipeline `file`, all where none is named.
  init(
    _ file: String, _ names: [String], _ options: PipelineOptions, _ context: CommandContext
  ) throws {
    lock = try PipelineLock(of: file, in: context.surroundings)
    self.names = names
    self.context = context
    guard let flag = options.backend else {
      backend = nil
      return
    }
    let project = Project(pipeline: file, workingFolder: context.surroundings.workingFolder)
    let loaded = try PipelineWork.load(
      options.request(file), of: project, in: context.surroundings)
    backend =
      try BackendChoice.choose(
        flag: flag, for: loaded.documents, environment: context.surroundings.environment
      ).identity
  }

  func run() throws -> ExitStatus {
    let loaded = lock.loaded
    guard context.tell(loaded.diagnostics, of: loaded.text, named: lock.name) else {
      return .pipelineInvalid
    }
    let known = lock.clips.filter { clip in backend.map { clip.holds(on: $0) } ?? true }
    for name in names where !known.contains(where: { $0.segment == name }) {
      throw CommandFailure.unknown("lock of", name, among: known.map(\.segment))
    }
    let released = Set(known.filter { names.isEmpty || names.contains($0.segment) })
    guard !released.isEmpty else {
      context.output.writeLine("\(lock.name) locks nothing")
      return .success
    }
    try lock.write(lock.clips.filter { !released.contains($0) })
    for clip in known where released.contains(clip) {
      context.output.writeLine("unlocked \(clip.segment) (\(clip.backend), take \(clip.take))")
    }
    return .success
  }
}

/// Holds lock, pipeline and store against one another, for machines.
struct LockCheck {
  let work: PipelineWork
  let plan: Plan
  let context: CommandContext

  func run() throws -> ExitStatus {
    let forecast = try work.forecast(plan)
    var problems = forecast.lockWarnings
    for lock in forecast.locks where lock.presence == .kept {
      if try !work.hasWhole(lock.clip) {
        problems.append("\(lock.clip.segment) is locked, and its clip in the store is damaged")
      }
    }
    for problem in problems { context.output.writeLine(problem) }
    // Locks that hold on nothing were told with their places.
    let stale = work.diagnostics.count { $0.file == work.lock.name }
    guard problems.isEmpty, stale == 0 else { return .planRefused }
    let count = forecast.locks.count
    context.output.writeLine(
      "\(count) \(count == 1 ? "lock agrees" : "locks agree") with the pipeline and the store")
    return .success
  }
}
