import KeyreelCore

/// What the loader told of a file, so that the planner does not say it again.
///
/// The loader hands on what it could read of a broken file. The planner then finds some of the same
/// mistakes, and misses what the loader had to leave out.
struct Told {
  private let diagnostics: [Diagnostic]
  private let places: Set<SourceSpan.Place>
  private let lines: Set<Int>

  init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics
    let spans = diagnostics.lazy.filter { $0.severity == .error }.compactMap(\.span)
    places = Set(spans.map(\.start))
    lines = Set(spans.map(\.start.line))
  }

  /// Mistakes of omission: what is missing may be what the loader could not read.
  private static let omissions: Set<String> = ["KR0306", "KR0307"]
  /// Mistakes that the loader finds too, at a neighbouring place.
  private static let shared: Set<String> = [
    "KR0310", "KR0315", "KR0316", "KR0317", "KR0320", "KR0321", "KR0322", "KR0323", "KR0326",
  ]

  /// Both lists as one, nothing said twice.
  func merged(with own: [Diagnostic]) -> [Diagnostic] {
    guard !diagnostics.isEmpty else { return own }
    let kept = own.filter { !isKnown($0) }
    let errors = Set(kept.lazy.filter { $0.severity == .error }.compactMap(\.span?.start))
    // A doubt of the loader is settled by an error at the same place.
    let settled = diagnostics.filter { diagnostic in
      diagnostic.severity == .error || !(diagnostic.span.map { errors.contains($0.start) } ?? false)
    }
    return settled + kept
  }

  private func isKnown(_ diagnostic: Diagnostic) -> Bool {
    guard let start = diagnostic.span?.start else { return false }
    return places.contains(start)
      || lines.contains(start.line) && Self.shared.contains(diagnostic.code)
      || !places.isEmpty && Self.omissions.contains(diagnostic.code)
      || diagnostic.code == "KR0319" && isNearMistake(start.line)
  }

  /// A keyframe's `hold` stands on its line or just below.
  private func isNearMistake(_ line: Int) -> Bool {
    (line...line + 4).contains { lines.contains($0) }
  }
}
