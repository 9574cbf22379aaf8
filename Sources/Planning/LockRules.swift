import KeyreelCore

/// What holds between a pipeline's locks and its plan.
struct LockRules {
  /// Warnings about locks that hold on nothing, in the order of the lock file.
  let diagnostics: [Diagnostic]

  init(_ locks: PipelineLocks, of plan: Plan) {
    let films = plan.films.map(\.name)
    let known = Dictionary(
      plan.films.map { ($0.name, Set($0.segments.map(\.id))) }, uniquingKeysWith: { $0.union($1) })
    let free = plan.films.flatMap { film in
      film.segments.filter { $0.lock == nil }.map { (film: film.name, segment: $0) }
    }
    diagnostics = locks.entries.compactMap { entry in
      let lock = entry.value
      guard known[lock.film]?.contains(lock.segment) != true else { return nil }
      let missing =
        known[lock.film] == nil
        ? "film `\(lock.film)`" : "segment `\(lock.segment)`"
      // Names are no part of a recipe: what has the locked one under another name was renamed.
      let renamed = free.first { place in place.segment.takes.contains { $0.key == lock.key } }
      let suggestion: String
      if let renamed {
        let film = renamed.film == lock.film ? "" : " of `\(renamed.film)`"
        suggestion =
          "`\(renamed.segment.id)`\(film) has its recipe now: write that name here, or lock it again"
      } else {
        let names = known[lock.film].map { $0.sorted() } ?? films
        suggestion =
          Spelling.suggestion(
            for: known[lock.film] == nil ? lock.film : lock.segment, among: names)
          ?? "unlock it: `keyreel lock \(plan.pipeline) --release \(lock.segment)`"
      }
      return Diagnostic(
        .warning, "KR0604", "the pipeline has no \(missing) to hold this lock", file: locks.file,
        at: entry.span, suggestion: suggestion)
    }
  }
}
