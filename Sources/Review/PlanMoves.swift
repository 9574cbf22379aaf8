import KeyreelCore

/// Something that is not as a saved plan says.
public struct PlanMove: Hashable, Sendable {
  /// What kind of thing moved.
  public enum Kind: Hashable, Sendable {
    /// A field of the pipeline's text.
    case field(String)
    /// Comments or layout of the pipeline's text; no field.
    case text
    /// The bytes of a picture, clip or sound, by path or address.
    case source(String)
    /// A field of a model's profile, its price among them.
    case model(String, field: String)
    /// The maker of clips.
    case backend
    /// Anything else of the plan: what this program fills in, or what was written into the file.
    case plan(String)
  }

  /// What kind of thing it is.
  public var kind: Kind
  /// What the saved plan says; `nil` when it says nothing.
  public var saved: String?
  /// What holds now; `nil` when there is nothing now.
  public var now: String?

  /// A thing that is `now` and not `saved`.
  public init(kind: Kind, saved: String?, now: String?) {
    self.kind = kind
    self.saved = saved
    self.now = now
  }
}

/// Holds a saved plan against what planning gives now.
public struct PlanMoves: Hashable, Sendable {
  /// What moved, causes first; without causes, every difference of the plans.
  public var moves: [PlanMove]
  /// The segments that differ, in film order.
  public var segments: [String]
  /// Clips that were to be used again and would have to be bought now.
  public var gone: [(film: String, segment: String, take: PlanFile.Take)] { lost.map(\.tuple) }
  private var lost: [Lost]

  private struct Lost: Hashable, Sendable {
    var film: String
    var segment: String
    var take: PlanFile.Take
    var tuple: (film: String, segment: String, take: PlanFile.Take) { (film, segment, take) }
  }

  /// What is not in `now` as `saved` says; both plan one pipeline, `now` from its files at this moment.
  public init(from saved: PlanFile, to now: PlanFile) {
    let changes = FlatFields.changes(from: Self.fields(of: saved), to: Self.fields(of: now))
    var causes: [PlanMove] = []
    var effects: [PlanMove] = []
    var textMoved = false
    for change in changes {
      if change.field == "pipeline.digest" {
        textMoved = true
        continue
      }
      let move = PlanMove(kind: Self.kind(of: change.field), saved: change.old, now: change.new)
      if case .plan = move.kind { effects.append(move) } else { causes.append(move) }
    }
    let hasFields = causes.contains { if case .field = $0.kind { true } else { false } }
    if textMoved, !hasFields {
      causes.insert(PlanMove(kind: .text, saved: nil, now: nil), at: 0)
    }
    moves = causes.isEmpty ? effects : causes
    segments = Self.differing(saved, now)
    lost = Self.lost(saved, now)
  }

  /// All that a plan pins; what the store held at the time, and who wrote the file, are no part of it.
  private static func fields(of plan: PlanFile) -> FlatFields {
    FlatFields(plan.tree) { path in
      switch path {
      case "made_by", "cost.new", "cost.new_upper_bound", "cost.reused": true
      default:
        path.hasPrefix("films[")
          && (path.hasSuffix("].lock.store") || path.hasSuffix("].lock.changes")
            || path.hasSuffix("].action") || path.hasSuffix("].reason")
            || path.hasSuffix("].cost.new") || path.hasSuffix("].cost.new_upper_bound")
            || path.hasSuffix("].cost.reused"))
      }
    }
  }

  private static func kind(of path: String) -> PlanMove.Kind {
    if path == "backend" { return .backend }
    if path.hasPrefix("pipeline.fields.") {
      return .field(String(path.dropFirst("pipeline.fields.".count)))
    }
    if path.hasPrefix("sources.") { return .source(String(path.dropFirst("sources.".count))) }
    if path.hasPrefix("models["), let end = path.firstIndex(of: "]") {
      let id = path[path.index(path.startIndex, offsetBy: "models[".count)..<end]
      let rest = path[path.index(after: end)...]
      let prefix = ".profile."
      return .model(
        String(id), field: String(rest.hasPrefix(prefix) ? rest.dropFirst(prefix.count) : rest))
    }
    return .plan(path)
  }

  private static func differing(_ saved: PlanFile, _ now: PlanFile) -> [String] {
    let before = Set(saved.films.flatMap { film in film.segments.flatMap { $0.takes.map(\.key) } })
    return now.films.flatMap(\.segments)
      .filter { $0.takes.contains { !before.contains($0.key) } }.map(\.id)
  }

  private static func lost(_ saved: PlanFile, _ now: PlanFile) -> [Lost] {
    var reused: Set<String> = []
    for take in saved.films.flatMap(\.segments).flatMap(\.takes) where take.action == .reuse {
      reused.insert(take.key)
    }
    return now.films.flatMap { film in
      film.segments.flatMap { segment in
        segment.takes.filter { $0.action == .generate && reused.contains($0.key) }
          .map { Lost(film: film.name, segment: segment.id, take: $0) }
      }
    }
  }
}
