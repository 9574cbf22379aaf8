import KeyreelCore

/// What must hold across all films of a plan.
struct PlanRules {
  let models: [String: Model]
  let defaultModel: String
  let document: PipelineDocument
  private(set) var findings: Findings

  init(models: [String: Model], defaultModel: String, document: PipelineDocument) {
    self.models = models
    self.defaultModel = defaultModel
    self.document = document
    findings = Findings(file: document.displayPath)
  }

  /// The one currency of all amounts, and the day of the oldest price.
  mutating func prices(of films: [FilmPlan]) -> (currency: String, asOf: String) {
    var used: Set<String> = []
    for film in films { for segment in film.segments { used.insert(segment.model) } }
    if used.isEmpty { used = [defaultModel] }
    let rules = used.sorted().compactMap { models[$0]?.profile }
    for profile in rules where profile.price.amount == nil {
      findings.warning(
        "KR0330", "the price of \(profile.id) is not known; it counts as nothing", at: nil,
        suggestion: "put a profile with its price into the models folder")
    }
    let currency = rules.first?.price.currency ?? "USD"
    if let other = rules.first(where: { $0.price.currency != currency }), let first = rules.first {
      findings.error(
        "KR0328",
        "\(first.id) is priced in \(currency) and \(other.id) in \(other.price.currency); "
          + "a plan has one currency", at: nil)
    }
    checkBudget(currency)
    return (currency, rules.map(\.price.asOf).min() ?? "")
  }

  private mutating func checkBudget(_ currency: String) {
    for price in [document.budget?.run, document.budget?.month].compactMap(\.self)
    where price.value.currency != currency {
      findings.error(
        "KR0329", "the budget is in \(price.value.currency), the models are priced in \(currency)",
        at: price.span, suggestion: "write the budget in \(currency)")
    }
  }

  /// Two films must not write the same file.
  mutating func checkOutputs(of films: [FilmPlan]) {
    var owners: [String: String] = [:]
    for film in films {
      for output in film.outputs + film.companions.map(\.path) {
        if let owner = owners[output], owner != film.name {
          findings.error(
            "KR0325", "`\(owner)` and `\(film.name)` would both be written to `\(output)`",
            at: document.film.outputs.first?.file.span)
        }
        owners[output] = film.name
      }
    }
  }

  /// No film may be written over a file that any film is made from, nor over the pipeline itself.
  mutating func protectSources(of documents: [PipelineDocument]) {
    var sources: [String: SourceSpan?] = [document.path: nil]
    for reference in documents.lazy.flatMap(\.references) {
      guard let path = reference.value.localPath, sources[path] == nil else { continue }
      sources[path] = .some(reference.span)
    }
    for document in documents {
      for output in OutputNames(document).files {
        guard let source = sources[output.path] else { continue }
        findings.error(
          "KR0331", "`\(output.path)` would be written over, but the film is made from it",
          at: output.span ?? source, suggestion: "write the film to another file",
          notes: source.map { [Diagnostic.Note("it is used here", at: $0)] } ?? [])
      }
    }
  }
}

extension SourceReference {
  /// The root-relative path of a file of the author's; `nil` for a still on the web.
  fileprivate var localPath: String? {
    switch self {
    case .picture(.file(let path)), .picture(.video(let path, _)), .footage(let path),
      .sound(let path), .captions(let path), .font(let path):
      path
    case .picture(.url): nil
    }
  }
}
