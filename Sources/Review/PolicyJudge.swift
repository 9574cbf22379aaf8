import FalProtocol
public import KeyreelCore

/// Holds a plan against a policy.
public struct PolicyJudge: Sendable {
  private let policy: Policy
  private let plan: PlanFile
  private let before: PlanFile?
  private let documents: [PipelineDocument]?
  private let file: String

  /// A judge of `plan`; `before` is the plan that it changes, where there is one.
  ///
  /// `documents` are the pipeline that was planned, for places and for what only its text says; `nil` for a
  /// saved plan. `file` is what messages call it.
  public init(
    _ policy: Policy, on plan: PlanFile, changing before: PlanFile? = nil,
    documents: [PipelineDocument]?, file: String
  ) {
    self.policy = policy
    self.plan = plan
    self.before = before
    self.documents = documents
    self.file = file
  }

  /// What does not hold: errors for what is denied, warnings for the rest.
  public var findings: [Diagnostic] {
    wholePlan + increase + segments + texts
  }

  private func finding(
    _ level: Policy.Level, _ code: String, _ rule: String, _ span: SourceSpan, _ message: String,
    at place: SourceSpan?, suggestion: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      level == .deny ? .error : .warning, code, message, file: file, at: place,
      suggestion: suggestion,
      notes: [
        Diagnostic.Note(
          "the rule is `\(rule)`, line \(span.start.line) of \(policy.file)")
      ])
  }

  // MARK: The whole plan

  private var wholePlan: [Diagnostic] {
    var found: [Diagnostic] = []
    if let rule = policy.maxTotal {
      found += compare(rule, "max_total", "KR0701", plan.cost.worst, "the plan", at: nil)
    }
    if let rule = policy.backends {
      let kind = plan.backend.prefix { $0 != "@" }
      if !rule.value.contains(plan.backend), !rule.value.contains(String(kind)) {
        found.append(
          finding(
            rule.level, "KR0705", "backends", rule.span,
            "clips would be made by `\(plan.backend)`, which is not allowed",
            at: documents?.first?.backend?.span,
            suggestion: "allowed are \(Self.list(rule.value))"))
      }
    }
    if let rule = policy.knownPrices {
      for model in unpriced {
        found.append(
          finding(
            rule.level, "KR0708", "known_prices", rule.span,
            "nobody knows what clips of \(model) cost", at: nil,
            suggestion: "put a profile with its price into the models folder"))
      }
    }
    return found
  }

  /// Models that are used and have no price, by what the plan holds fast of their profiles.
  private var unpriced: [String] {
    let used = Set(plan.films.flatMap(\.segments).map(\.model))
    let priced = Set(
      (plan.tree["models"]?.arrayValue ?? []).compactMap { model in
        model["profile"]?["price.amount"] == nil ? nil : model["id"]?.stringValue
      })
    return used.subtracting(priced).sorted()
  }

  private func compare(
    _ rule: Policy.Rule<PipelineDocument.Price>, _ name: String, _ code: String, _ amount: Money,
    _ subject: String, at place: SourceSpan?
  ) -> [Diagnostic] {
    guard rule.value.currency == plan.currency else {
      return [otherCurrency(rule.value.currency, rule.level, name, rule.span)]
    }
    guard amount > rule.value.amount else { return [] }
    return [
      finding(
        rule.level, code, name, rule.span,
        "\(subject) may come to \(amount) \(plan.currency), and \(rule.value.amount) is allowed",
        at: place)
    ]
  }

  private func otherCurrency(
    _ currency: String, _ level: Policy.Level, _ name: String, _ span: SourceSpan
  ) -> Diagnostic {
    finding(
      level, "KR0709", name, span,
      "the policy counts in \(currency), and the plan is in \(plan.currency)", at: nil,
      suggestion: "write the policy in \(plan.currency)")
  }

  // MARK: What a change adds

  private var increase: [Diagnostic] {
    guard let rule = policy.maxIncrease, let before else { return [] }
    if before.currency != plan.currency {
      return [otherCurrency(before.currency, rule.level, "max_increase", rule.span)]
    }
    let (old, new) = (before.cost.worst, plan.cost.worst)
    guard new > old else { return [] }
    var found: [Diagnostic] = []
    if let limit = rule.value.amount {
      if limit.currency != plan.currency {
        found.append(otherCurrency(limit.currency, rule.level, "max_increase", rule.span))
      } else if new - old > limit.amount {
        found.append(
          finding(
            rule.level, "KR0702", "max_increase", rule.span,
            "the change adds up to \(new - old) \(plan.currency), and \(limit.amount) is allowed",
            at: nil))
      }
    }
    if let limit = rule.value.millipercent,
      Int128((new - old).nanos) * 100_000 > Int128(old.nanos) * Int128(limit)
    {
      found.append(
        finding(
          rule.level, "KR0702", "max_increase", rule.span,
          "the change takes the plan from \(old) to \(new) \(plan.currency), and "
            + "\(Self.percent(limit)) more is allowed", at: nil))
    }
    return found
  }

  /// `25%`, `12.5%`.
  private static func percent(_ millipercent: Int) -> String {
    var fraction = String(millipercent % 1000 + 1000).dropFirst()
    while fraction.hasSuffix("0") { fraction = fraction.dropLast() }
    return "\(millipercent / 1000)" + (fraction.isEmpty ? "" : ".\(fraction)") + "%"
  }

  // MARK: Single segments

  private var segments: [Diagnostic] {
    let places = SegmentPlaces(plan, documents ?? [])
    var found: [Diagnostic] = []
    var currencies: Set<String> = []
    for (index, film) in plan.films.enumerated() {
      for segment in film.segments {
        let entry = places.films.indices.contains(index) ? places.films[index][segment.id] : nil
        if let rule = policy.maxSegment {
          let cost = segment.takes.reduce(Money.zero) { $0 + $1.price.worst }
          let told = compare(
            rule, "max_segment", "KR0703", cost, "`\(segment.id)`", at: entry?.span)
          // Told once, not for every segment.
          found += told.filter { $0.code != "KR0709" || currencies.insert($0.message).inserted }
        }
        if let rule = policy.models, !rule.value.contains(segment.model) {
          found.append(
            finding(
              rule.level, "KR0704", "models", rule.span,
              "`\(segment.id)` uses \(segment.model), which is not allowed",
              at: entry?.written { $0.model?.span } ?? entry?.span,
              suggestion: "allowed are \(Self.list(rule.value))"))
        }
        if let rule = policy.lockedSeeds, let entry, !isSeeded(segment, entry) {
          found.append(
            finding(
              rule.level, "KR0706", "locked_seeds", rule.span,
              "the seed of `\(segment.id)` is not written", at: entry.span,
              suggestion: segment.seedText.map { "write `seed: \($0)` to keep the one it has" }))
        }
      }
    }
    return found
  }

  /// A model without seeds makes no choice that could be written, and a locked clip keeps its own.
  private func isSeeded(_ segment: PlanFile.Segment, _ entry: SegmentPlaces.Entry) -> Bool {
    segment.seedText == nil || segment.isLocked
      || entry.written { $0.parameter("seed") } != nil
  }

  // MARK: What only the text says

  private var texts: [Diagnostic] {
    guard let documents else {
      return policy.lockedSeeds.map {
        [
          finding(
            $0.level, "KR0710", "locked_seeds", $0.span,
            "a saved plan does not say whether this holds", at: nil,
            suggestion: "name the pipeline instead")
        ]
      } ?? []
    }
    // No file gets here with such a still: the language asks for the digest. A program's own documents may.
    guard let rule = policy.pinnedURLs else { return [] }
    return documents.flatMap(\.references).compactMap { reference in
      guard case .picture(.url(let address, digest: nil)) = reference.value else { return nil }
      return finding(
        rule.level, "KR0707", "pinned_urls", rule.span, "`\(address)` has no `sha256`",
        at: reference.span, suggestion: "run `keyreel fetch --pin`")
    }
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.map { "`\($0)`" }.joined(separator: ", ")
  }
}

extension PlanFile.Segment {
  /// Whether it keeps the clip that it has.
  fileprivate var isLocked: Bool { fields.fields.contains { $0.path == "lock.recipe" } }

  /// The seed of the clip in the film; `nil` where the model takes none.
  fileprivate var seedText: String? {
    fields.fields.first { $0.path == "request.seed" }?.value
  }
}
