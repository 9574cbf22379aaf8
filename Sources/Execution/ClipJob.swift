public import KeyreelCore

/// One clip to make or to find, for all takes of a plan that have its recipe.
public struct ClipJob: Hashable, Sendable {
  /// The clip's name in the store.
  public var key: RecipeKey
  /// All that decides what it shows.
  public var recipe: Recipe
  /// The takes that use it, in film order; there is at least one.
  public var uses: [TakeName]
  /// The segment that is made first with it: where its pictures come from.
  public var segment: Segment
  /// What making it costs.
  public var price: PriceRange
  /// Whether any use demands exactly the planned frames, size and rate.
  public var isStrict: Bool
  /// The clips whose last frames its pictures are.
  public var needs: [RecipeKey]
  /// The clip that a use has locked; then it is found in the store, or the job fails: it is never made.
  public var lock: ClipLock?

  /// What messages call it: the first take that uses it.
  public var name: TakeName {
    guard let name = uses.first else { preconditionFailure("a clip is made for some take") }
    return name
  }

  /// A clip of `take` of `segment`, which `name` uses first.
  public init(name: TakeName, segment: Segment, take: Take, backend: BackendIdentity) {
    key = take.key
    recipe = segment.recipe(for: take, on: backend)
    uses = [name]
    self.segment = segment
    price = take.price
    isStrict = segment.conform == .strict
    lock = segment.lock?.clip
    needs =
      segment.lock != nil
      ? []
      : [segment.first, segment.last].compactMap { use in
        if case .rendered(let key) = use.recipe.origin { key } else { nil }
      }
  }
}

extension Plan {
  /// The clips that the plan's films need, in film order, equal recipes once.
  public var clipJobs: [ClipJob] {
    var jobs: [ClipJob] = []
    var index: [RecipeKey: Int] = [:]
    for film in films {
      for segment in film.segments {
        for take in segment.takes {
          let name = TakeName(film: film.name, segment: segment.id, take: take.number)
          if let known = index[take.key] {
            jobs[known].uses.append(name)
            if segment.conform == .strict { jobs[known].isStrict = true }
            if let lock = segment.lock { jobs[known].lock = lock.clip }
          } else {
            index[take.key] = jobs.count
            jobs.append(ClipJob(name: name, segment: segment, take: take, backend: backend))
          }
        }
      }
    }
    return jobs
  }
}
