internal import Execution
internal import KeyreelCore
internal import Reporting
internal import Review

extension SavedPlan {
  /// Whether planning gives now what was reviewed; tells all that moved, and throws when a clip that was
  /// to be used again would have to be bought.
  func check(
    _ work: PipelineWork, making part: RunPart = .whole, _ context: CommandContext
  ) throws -> ExitStatus {
    guard let plan = work.plan else {
      // The mistakes have been told; which of them are new since the plan is told here.
      let moves = textMoves(work)
      _ = context.tell(diagnostics(moves, work), of: work.text, named: work.project.displayPath)
      return .planRefused
    }
    let now = try work.planFile(try work.forecast(plan, asking: part))
    let result = PlanMoves(from: file, to: now)
    guard result.moves.isEmpty else {
      _ = context.tell(
        diagnostics(result.moves, work) + [summary(result, now, work)], of: work.text,
        named: work.project.displayPath)
      return .planRefused
    }
    if case .shard(let shard) = part {
      let own = Set(plan.keys(of: shard).map(\.description))
      try checkMoney(result.gone.filter { own.contains($0.take.key) }, now, isWhole: false)
    } else {
      try checkMoney(result.gone, now, isWhole: true)
    }
    return .success
  }

  /// Nothing is bought that the review did not see.
  ///
  /// Where `now` does not know of all clips, only those in `gone` are judged.
  private func checkMoney(
    _ gone: [(film: String, segment: String, take: PlanFile.Take)], _ now: PlanFile, isWhole: Bool
  ) throws {
    guard now.unpaid.expected > .zero,
      !gone.isEmpty || isWhole && now.unpaid.expected > file.unpaid.expected
    else { return }
    let names = gone.map { $0.segment }
    let which =
      names.isEmpty
      ? "more has to be bought than was planned"
      : "\(names.count) \(names.count == 1 ? "clip" : "clips") that \(name) was to use again "
        + "\(names.count == 1 ? "is" : "are") gone: "
        + names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    throw CommandFailure(
      OperationError(
        .init("over-budget"),
        "\(which); the run would now cost \(Amount(now.unpaid.expected, now.currency)) instead of "
          + "\(Amount(file.unpaid.expected, file.currency)), at most "
          + "\(Amount(now.unpaid.worst, now.currency))",
        remedy: "plan again and review that; nothing was begun"), .overBudget)
  }

  /// What moved in the text and the files of a pipeline that cannot be planned any more.
  private func textMoves(_ work: PipelineWork) -> [PlanMove] {
    let pins = file.pins
    let fields = FlatFields(
      PipelineFields(of: work.text).leaves.map { .init($0.path, $0.value) })
    var moves = FlatFields.changes(from: pins.fields, to: fields).map {
      PlanMove(kind: .field($0.field), saved: $0.old, now: $0.new)
    }
    for (name, digest) in pins.sources.fields.map({ ($0.path, $0.value) }) {
      let references = work.documents.flatMap(\.references).map(\.value)
      guard let reference = references.first(where: { $0.name == name }) else { continue }
      if case .failure(let problem)? = work.facts.entries[reference] {
        moves.append(PlanMove(kind: .source(name), saved: digest, now: problem.message))
      }
    }
    return moves
  }

  /// A diagnostic for each thing that moved, where possible at its place in the pipeline.
  private func diagnostics(_ moves: [PlanMove], _ work: PipelineWork) -> [Diagnostic] {
    let fields = PipelineFields(of: work.text)
    let references = work.documents.flatMap(\.references)
    let told = moves.prefix(Self.shown).map { move in
      let (code, words) = Self.words(of: move.kind, planned: name)
      let span: SourceSpan? =
        switch move.kind {
        case .field(let path): fields.span(of: path)
        case .source(let source): references.first { $0.value.name == source }?.span
        default: nil
        }
      return Diagnostic(
        .error, code, words + Self.values(move), file: work.project.displayPath, at: span)
    }
    guard moves.count > Self.shown else { return told }
    return told + [
      Diagnostic(
        .error, "KR0517", "\(moves.count - Self.shown) further differences from \(name)",
        file: work.project.displayPath, at: nil)
    ]
  }

  /// Nobody reads more; the rest is counted.
  private static let shown = 50

  private static func words(
    of kind: PlanMove.Kind, planned name: String
  ) -> (code: String, words: String) {
    switch kind {
    case .field(let path): ("KR0512", "`\(path)` is not as \(name) was planned")
    case .text: ("KR0512", "comments or layout are not as \(name) was planned; no field differs")
    case .source(let source):
      ("KR0513", "`\(source)` has other bytes than \(name) was planned with")
    case .model(let id, let field):
      ("KR0514", "the profile of \(id) is not as \(name) was planned: `\(field)`")
    case .backend: ("KR0515", "\(name) was planned for another maker of clips")
    case .plan(let field): ("KR0516", "planning gives another `\(field)` than \(name) says")
    }
  }

  private static func values(_ move: PlanMove) -> String {
    func shown(_ value: String?) -> String {
      guard let value else { return "nothing" }
      let short = value.count > 60 ? value.prefix(57) + "…" : value[...]
      return "`\(short)`"
    }
    if case .text = move.kind { return "" }
    if case .source = move.kind, let now = move.now, now.count != 64 { return ": \(now)" }
    return ": \(shown(move.saved)) → \(shown(move.now))"
  }

  private func summary(_ result: PlanMoves, _ now: PlanFile, _ work: PipelineWork) -> Diagnostic {
    let count = result.segments.count
    let clips =
      count == 0
      ? "no clip differs"
      : "\(count) \(count == 1 ? "clip differs" : "clips differ"): "
        + result.segments.prefix(5).joined(separator: ", ") + (count > 5 ? ", …" : "")
    var notes = [Diagnostic.Note(clips)]
    if file.madeBy != now.madeBy {
      notes.append(.init("it was planned by \(file.madeBy), and this is \(now.madeBy)"))
    }
    return Diagnostic(
      .error, "KR0511", "the saved plan \(name) no longer fits and is refused; nothing was begun",
      file: work.project.displayPath, at: nil,
      suggestion: "see what a new one would do: keyreel diff \(ShellWord.quoted(name)) "
        + ShellWord.quoted(work.project.displayPath), notes: notes)
  }
}
