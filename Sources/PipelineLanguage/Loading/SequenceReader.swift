import KeyreelCore

extension DocumentReader {
  /// All sequences that can be used, in film order.
  mutating func sequences(
    _ node: Node?, _ defaults: PipelineDocument.Settings
  ) -> [PipelineDocument.Sequence] {
    guard let items = node?.items else { return [] }
    var sequences: [PipelineDocument.Sequence] = []
    var names: [String: SourceSpan] = [:]
    for (index, item) in items.enumerated() {
      guard item.entries != nil else { continue }
      var written = Fields(item).read("name", .name)
      let place = item.entries?.first?.key.span ?? item.span
      let name = written ?? Written(String(index + 1), at: place)
      if let first = names[name.value] {
        log.error(
          .nameTwice, "two sequences are called `\(name.value)`", at: name.span,
          suggestion: "choose another name; sequences without one are called by their number",
          notes: [.init("the first one is here", at: first)])
        written = Written("\(name.value)-\(index + 1)", at: name.span)
      }
      names[name.value] = name.span
      guard var sequence = sequence(item, defaults) else { continue }
      sequence.name = written
      sequence.join = join(item, isFirst: index == 0)
      sequence.sound = item.value(of: "sound").flatMap { audio($0) }
      sequence.caption = cue(item.value(of: "caption"))
      sequence.title = title(item.value(of: "title"))
      if item.entry("clip") != nil {
        sequence.ownSound = Fields(item).read("own_sound", .ownSound)
      }
      sequences.append(sequence)
    }
    return sequences
  }

  private mutating func sequence(
    _ node: Node, _ defaults: PipelineDocument.Settings
  ) -> PipelineDocument.Sequence? {
    if node.entry("clip") != nil {
      return footage(node).map { .init(span: node.span, content: .footage($0)) }
    }
    let items = node.value(of: "keyframes")?.items ?? []
    var chain = PipelineDocument.KeyframeChain(stops: [])
    chain.settings = settings(node, SequenceKeys.keyframes)
    chain.loops = Fields(node).read("loop", .flag)
    chain.chain = Fields(node).read("chain", .chain)
    chain.stops = items.compactMap { stop($0) }
    mendEnds(items, &chain)
    mendPicks(&chain, defaults)
    // A chain that lost stops would be told to be too short.
    guard chain.stops.count == items.count || chain.stops.count > 1, !items.isEmpty else {
      return nil
    }
    return .init(span: node.span, content: .keyframes(chain))
  }

  private mutating func footage(_ node: Node) -> PipelineDocument.Footage? {
    let fields = Fields(node)
    let start = fields.read("in", .time)
    var end = fields.read("out", .time)
    if let start, let out = end, !isOrdered(start.value, out.value) {
      end = nil
      log.error(
        .emptyCut, "`out` must be later than `in`", at: out.span,
        suggestion: "both are counted from the beginning of the file",
        notes: [.init("`in` is here", at: start.span)])
    }
    guard let file = input(node.value(of: "clip")) else { return nil }
    var footage = PipelineDocument.Footage(file: file)
    footage.start = start
    footage.end = end
    footage.fit = fields.read("fit", .fit)
    return footage
  }

  /// Whether `start` is before `end`; times in frames and in seconds cannot be compared here.
  private func isOrdered(_ start: TimeLength, _ end: TimeLength) -> Bool {
    switch (start, end) {
    case (.frames(let start), .frames(let end)): start < end
    case (.time(let start), .time(let end)): start < end
    case (_, .frames(0)), (_, .time(0)): false
    default: true
    }
  }

  private mutating func join(_ node: Node, isFirst: Bool) -> PipelineDocument.Join? {
    guard let entry = node.entry("join") else { return nil }
    let fields = Fields(entry.value)
    guard let crossfade = fields.read("crossfade", .time) else { return nil }
    guard !isFirst else {
      log.error(
        .nothingToJoin, "nothing stands before the first sequence to join it to",
        at: entry.key.span, suggestion: "`film.fade_in` fades the film in from black")
      return nil
    }
    var join = PipelineDocument.Join(crossfade: crossfade)
    join.handles = fields.read("handles", .handles)
    return join
  }

  /// Tells a loop of one and a way from the last keyframe, and takes them out of `chain`.
  private mutating func mendEnds(_ items: [Node], _ chain: inout PipelineDocument.KeyframeChain) {
    let loops = chain.loops?.value == true
    if loops, items.count < 2, let flag = chain.loops {
      log.error(
        .loopOfOne, "a loop needs at least two keyframes", at: flag.span,
        suggestion: "to stay on one keyframe, use `hold`")
      chain.loops = nil
    }
    if !loops, let next = items.last?.entry("next"), !next.value.isNull {
      log.error(
        .nextLeadsNowhere, "no keyframe follows the last one, so its `next` leads nowhere",
        at: next.key.span, suggestion: "delete it, add a keyframe, or set `loop: true`")
    }
    // Stops that could not be read may leave a way at the end, too.
    if !loops, !chain.stops.isEmpty {
      chain.stops[chain.stops.count - 1].next = PipelineDocument.Settings()
    }
  }

  /// Tells picks of takes that are not made, and picks the last one in their place.
  private mutating func mendPicks(
    _ chain: inout PipelineDocument.KeyframeChain, _ defaults: PipelineDocument.Settings
  ) {
    let (sequence, outer) = (chain.settings, defaults)
    let ways = chain.stops.count - (chain.loops?.value == true ? 0 : 1)
    for index in 0..<max(0, ways) {
      let next = chain.stops[index].next
      guard let pick = next.pick ?? sequence.pick ?? outer.pick else { continue }
      let takes = next.takes ?? sequence.takes ?? outer.takes
      let made = takes?.value ?? 1
      guard pick.value > made else { continue }
      chain.stops[index].next.pick = Written(made, at: pick.span)
      log.error(
        .pickBeyondTakes,
        "take \(pick.value) is picked, but only \(made == 1 ? "1 take is" : "\(made) takes are") made",
        at: pick.span, suggestion: "set `takes: \(pick.value)` or more",
        notes: takes.map { [.init("the number of takes is here", at: $0.span)] } ?? [])
    }
  }
}
