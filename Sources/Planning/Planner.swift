public import KeyreelCore

/// What planning came to.
public struct PlanningResult: Hashable, Sendable {
  /// The plan; `nil` when there is an error among the diagnostics.
  public var plan: Plan?
  /// Mistakes and remarks of all documents, each once, in the order of the file.
  public var diagnostics: [Diagnostic]
}

/// Turns documents into a plan: exact frames, seeds, recipe keys and prices.
///
/// Pure: it reads no file, asks no backend and knows no clock. The same input gives the same plan to
/// the byte.
public struct Planner: Sendable {
  private let models: [String: Model]
  private let defaultModel: String

  /// A planner that knows the models of `profiles`.
  public init(profiles: [ModelProfile], defaultModel: String = "fal-ai/framepack/flf2v") {
    models = Dictionary(
      profiles.compactMap { profile in Model(profile).map { (profile.id, $0) } },
      uniquingKeysWith: { _, last in last })
    self.defaultModel = defaultModel
  }

  /// Plans the documents of one pipeline file, one film each, for clips made by `backend`.
  ///
  /// A file without variants is one document. All mistakes of all documents are told at once.
  /// Segments that `locks` name keep their clips. `told` is what the loader found in the file already;
  /// the result holds it too, and nothing is told twice. With an error among it there is no plan.
  public func plan(
    _ documents: [PipelineDocument], facts: SourceFacts, backend: BackendIdentity,
    locks: PipelineLocks? = nil, after told: [Diagnostic] = []
  ) -> PlanningResult {
    guard let first = documents.first else { return PlanningResult(plan: nil, diagnostics: told) }
    var films: [FilmPlan] = []
    var diagnostics: [Diagnostic] = []
    for document in documents {
      var planner = FilmPlanner(
        document: document, facts: facts, models: models, defaultModel: defaultModel,
        backend: backend, locks: locks?.entries.map(\.value) ?? [])
      if let film = planner.plan() { films.append(film) }
      diagnostics += planner.findings.diagnostics
    }
    var rules = PlanRules(models: models, defaultModel: defaultModel, document: first)
    let prices = rules.prices(of: films)
    rules.checkOutputs(of: films)
    rules.protectSources(of: documents)
    diagnostics += rules.findings.diagnostics
    diagnostics = Told(told).merged(with: diagnostics)
    let isValid = !diagnostics.contains { $0.severity == .error }
    let plan = Plan(
      pipeline: first.path, pipelineDigest: first.digest, backend: backend,
      currency: prices.currency, pricesAsOf: prices.asOf, films: films)
    diagnostics = Self.sorted(diagnostics)
    guard isValid else { return PlanningResult(plan: nil, diagnostics: diagnostics) }
    if let locks { diagnostics += LockRules(locks, of: plan).diagnostics }
    return PlanningResult(plan: plan, diagnostics: diagnostics)
  }

  /// In the order of the file, each once; what has no place comes first.
  private static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    var seen: Set<Diagnostic> = []
    return diagnostics.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
      let (first, second) = (left.element.order, right.element.order)
      return first == second ? left.offset < right.offset : first < second
    }.map(\.element)
  }
}

extension Diagnostic {
  fileprivate var order: (Int, Int) { span.map { ($0.start.line, $0.start.column) } ?? (0, 0) }
}
