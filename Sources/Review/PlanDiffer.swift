public import KeyreelCore

/// Finds the way from one plan to another: what is added, removed, changed, moved and the same.
public struct PlanDiffer: Sendable {
  /// A differ.
  public init() {}

  /// The way from `old` to `new`, called by what the user named.
  public func diff(
    from old: PlanFile, named oldName: String, to new: PlanFile, named newName: String
  ) -> PlanDiff {
    var films: [PlanDiff.Film] = []
    let before = Dictionary(
      old.films.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    // A pipeline of one film is the same film under a new name.
    let isRenamed = old.films.count == 1 && new.films.count == 1
    for film in new.films {
      films.append(
        FilmDiffer(from: before[film.name] ?? (isRenamed ? old.films[0] : nil), to: film).film)
    }
    let names = Set(new.films.map(\.name))
    for film in old.films where !names.contains(film.name) && !isRenamed {
      films.append(FilmDiffer(from: film, to: nil).film)
    }
    return PlanDiff(
      old: Self.side(old, oldName), new: Self.side(new, newName), changes: Self.changes(old, new),
      films: films)
  }

  private static func side(_ plan: PlanFile, _ name: String) -> PlanDiff.Side {
    PlanDiff.Side(
      name: name, backend: plan.backend, isPriced: plan.backend.hasPrefix("fal@"),
      currency: plan.currency, frames: plan.films.reduce(0) { $0 + $1.frames },
      length: plan.films.reduce(.zero) { $0 + $1.frameRate.duration(of: $1.frames) },
      cost: plan.cost, unpaid: plan.unpaid, listPrice: plan.listPrice)
  }

  /// What concerns the whole plan; everything else is told where it shows.
  private static func changes(_ old: PlanFile, _ new: PlanFile) -> [PlanDiff.Change] {
    func fields(_ plan: PlanFile) -> FlatFields {
      FlatFields(plan.tree) { path in
        path == "films" || path.hasPrefix("pipeline.") || path == "cost" || path == "list_price"
          || path == "sources" || path == "made_by"
      }
    }
    var changes = FlatFields.changes(from: fields(old), to: fields(new))
    // A model that comes or goes does so with the segments that use it.
    let models = [old, new].map { plan in Set(plan.films.flatMap(\.segments).map(\.model)) }
    let common = models[0].intersection(models[1])
    changes.removeAll { change in
      change.field.hasPrefix("models[")
        && (change.field.hasSuffix("].id")
          || !common.contains { change.field.hasPrefix("models[\($0)]") })
    }
    return changes
  }
}
