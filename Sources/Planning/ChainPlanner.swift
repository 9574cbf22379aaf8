import KeyreelCore

/// Turns a timed chain into segments with recipe keys.
struct ChainPlanner {
  let outline: SequenceOutline
  let chain: ChainOutline
  let timing: ChainTiming
  let backend: BackendIdentity
  let conform: ConformMode
  /// The clips that segments keep, by the segments' ids.
  let locks: [String: ClipLock]

  func segments(_ names: inout SegmentNames) -> [Segment] {
    var segments: [Segment] = []
    segments.reserveCapacity(chain.drafts.count)
    for index in chain.drafts.indices {
      segments.append(segment(index, after: segments.last, &names))
    }
    return segments
  }

  private func segment(
    _ index: Int, after previous: Segment?, _ names: inout SegmentNames
  ) -> Segment {
    let draft = chain.drafts[index]
    let last = chain.end(of: index)
    let start = chain.mode == .rendered ? previous : nil
    let first = start.map { rendered($0, index, draft) } ?? use(index, draft)
    let id =
      draft.explicitID?.value
      ?? names.id(
        sequence: outline.name, from: chain.pictures[index].name, to: chain.pictures[last].name)
    var fields = draft.fields
    fields[draft.lengthField].value = .integer(timing.clipFrames[index])
    let seeds = seeds(draft, from: index, to: last)
    if let seed = draft.seedField { fields[seed].value = .integer(seeds[draft.pick - 1]) }
    var segment = Segment(
      id: id, sequence: outline.name, model: draft.model.id, request: ModelRequest(fields),
      seedParameter: draft.seedField.map { draft.fields[$0].name }, first: first,
      last: use(last, draft), frames: timing.clipFrames[index], frameRate: draft.rate,
      canvas: draft.canvas, conform: conform, takes: [], startsFrom: start?.id)
    segment.takes = takes(of: segment, draft, seeds)
    if let lock = locks[id] { segment.keep(lock) }
    return segment
  }

  private func use(_ index: Int, _ draft: DraftSegment) -> KeyframeUse {
    let stop = chain.stops[index]
    let picture = chain.pictures[index]
    return KeyframeUse(
      name: picture.name, source: picture.source,
      recipe: PictureRecipe(
        origin: picture.origin, fit: stop.fit?.value ?? picture.fit ?? draft.fit,
        focus: stop.focus?.value ?? picture.focus ?? draft.focus, canvas: draft.canvas))
  }

  /// The end of the clip before; it fills its canvas already, so fit and focus are constants.
  private func rendered(_ previous: Segment, _ index: Int, _ draft: DraftSegment) -> KeyframeUse {
    KeyframeUse(
      name: chain.pictures[index].name, source: nil,
      recipe: PictureRecipe(
        origin: .rendered(previous.chosen.key), fit: .cover, focus: .center, canvas: draft.canvas))
  }

  /// One seed per take; the authored pictures decide, also where a clip starts from another clip.
  private func seeds(_ draft: DraftSegment, from first: Int, to last: Int) -> [Int] {
    (1...draft.takes).map { take in
      if let seed = draft.seed { return Seeds.variation(of: seed, take: take) }
      return Seeds.derived(
        first: chain.pictures[first].origin, last: chain.pictures[last].origin, take: take)
    }
  }

  private func takes(of segment: Segment, _ draft: DraftSegment, _ seeds: [Int]) -> [Take] {
    let listPrice = Pricing.price(
      of: segment.request, frames: segment.frames, rate: segment.frameRate, model: draft.model)
    return seeds.enumerated().map { index, seed in
      var take = Take(
        number: index + 1, seed: seed, key: RecipeKey(segment.first.recipe.origin.anyDigest),
        price: backend.isPriced ? listPrice : .free, listPrice: listPrice,
        isChosen: index + 1 == draft.pick)
      take.key = segment.recipe(for: take, on: backend).key
      return take
    }
  }
}

extension PictureRecipe.Origin {
  /// The digest it stands on; a stand-in until a take's key is computed.
  fileprivate var anyDigest: Digest {
    switch self {
    case .still(let digest), .videoFrame(let digest, _): digest
    case .rendered(let key): key.digest
    }
  }
}
