import KeyreelCore

/// Where in a pipeline's file the segments of its plan are written.
struct SegmentPlaces {
  /// One segment as its author wrote it.
  struct Entry {
    /// The keyframe that it starts on.
    var span: SourceSpan
    /// Settings of all scopes, the innermost first.
    var settings: [PipelineDocument.Settings]

    /// The first place that writes the setting which `find` looks for.
    func written<Value>(_ find: (PipelineDocument.Settings) -> Value?) -> Value? {
      settings.lazy.compactMap(find).first
    }
  }

  /// By film, then by the segment's id.
  private(set) var films: [[String: Entry]] = []

  /// Films and documents come in the same order, segments of a sequence in that of its keyframes.
  init(_ plan: PlanFile, _ documents: [PipelineDocument]) {
    for (film, document) in zip(plan.films, documents) {
      var entries: [String: Entry] = [:]
      let segments = Dictionary(grouping: film.segments, by: \.sequence)
      for (index, sequence) in document.sequences.enumerated() {
        guard case .keyframes(let chain) = sequence.content else { continue }
        let name = sequence.name?.value ?? String(index + 1)
        for (segment, stop) in zip(segments[name] ?? [], chain.stops) {
          entries[segment.id] = Entry(
            span: stop.subject.span, settings: [stop.next, chain.settings, document.defaults])
        }
      }
      films.append(entries)
    }
  }
}
