import KeyreelCore

/// Looks up the sources of one sequence and checks its settings.
struct Outliner {
  let document: PipelineDocument
  let facts: SourceFacts
  let models: [String: Model]
  let defaultModel: String
  let pictures: PictureTable

  func outline(
    _ sequence: PipelineDocument.Sequence, place: Int, _ findings: inout Findings
  ) -> SequenceOutline {
    let content: SequenceOutline.Content? =
      switch sequence.content {
      case .keyframes(let chain):
        chain.stops.count == 1 && chain.loops?.value != true
          ? still(chain, sequence, &findings).map { .still($0) }
          : self.chain(chain, sequence, &findings).map { .chain($0) }
      case .footage(let footage): self.footage(footage, &findings).map { .footage($0) }
      }
    return SequenceOutline(
      name: sequence.name?.value ?? String(place), sequence: sequence, content: content ?? .broken)
  }

  private func resolver(
    _ chain: PipelineDocument.KeyframeChain, _ next: PipelineDocument.Settings?,
    _ place: SourceSpan, generates: Bool
  ) -> RequestResolver {
    RequestResolver(
      models: models, defaultModel: defaultModel,
      scopes: SettingsScopes(
        next: next, sequence: chain.settings, defaults: document.defaults),
      place: place, generates: generates)
  }

  private func chain(
    _ chain: PipelineDocument.KeyframeChain, _ sequence: PipelineDocument.Sequence,
    _ findings: inout Findings
  ) -> PartialChain? {
    let loops = chain.loops?.value ?? false
    guard !chain.stops.isEmpty else {
      findings.error("KR0319", "a sequence needs keyframes", at: sequence.span)
      return nil
    }
    let pictures = chain.stops.map { self.pictures.picture(of: $0, &findings) }
    let segments = chain.stops.count - (loops ? 0 : 1)
    let drafts = chain.stops.prefix(segments).map {
      resolver(chain, $0.next, sequence.span, generates: true).draft(&findings)
    }
    if !loops, let last = chain.stops.last, let written = last.next.firstSpan {
      findings.error(
        "KR0321", "nothing follows the last keyframe, so its `next` has no effect", at: written,
        suggestion: "leave it out, or write `loop: true`")
    }
    return PartialChain(
      stops: chain.stops, pictures: pictures, drafts: drafts, loops: loops,
      mode: chain.chain?.value ?? .keyframes)
  }

  private func still(
    _ chain: PipelineDocument.KeyframeChain, _ sequence: PipelineDocument.Sequence,
    _ findings: inout Findings
  ) -> StillOutline? {
    guard let stop = chain.stops.first else { return nil }
    let picture = pictures.picture(of: stop, &findings)
    let draft = resolver(chain, nil, sequence.span, generates: false).draft(&findings)
    guard let hold = stop.hold else {
      findings.error(
        "KR0319", "a sequence needs two keyframes, or one with a `hold`", at: stop.subject.span,
        suggestion: "add a keyframe, or say how long this one is shown: `hold: 2s`")
      return nil
    }
    if let written = stop.next.firstSpan {
      findings.error(
        "KR0321", "nothing follows the only keyframe, so its `next` has no effect", at: written)
    }
    guard let picture, let draft else { return nil }
    return StillOutline(
      stop: stop, hold: hold, picture: picture, canvas: draft.canvas, rate: draft.rate,
      fit: stop.fit?.value ?? picture.fit ?? draft.fit,
      focus: stop.focus?.value ?? picture.focus ?? draft.focus)
  }

  private func footage(
    _ footage: PipelineDocument.Footage, _ findings: inout Findings
  ) -> FootageOutline? {
    let file = footage.file
    switch facts.entries[.footage(file.value)] {
    case .success(.footage(let fact))?:
      return part(of: footage, fact, &findings)
    case .success?:
      findings.error("KR0402", "`\(file.value)` is not a clip", at: file.span)
    case .failure(let problem)?:
      findings.error(problem.code, problem.message, at: file.span, suggestion: problem.suggestion)
    case nil:
      findings.error("KR0400", "nothing is known of `\(file.value)`", at: file.span)
    }
    return nil
  }

  private func part(
    of footage: PipelineDocument.Footage, _ fact: FootageFact, _ findings: inout Findings
  ) -> FootageOutline? {
    func frame(_ time: Written<TimeLength>) -> Int? {
      let (numerator, denominator) = time.value.exactFrames(at: fact.frameRate)
      let frame = (2 * numerator + denominator) / (2 * denominator)
      guard frame > fact.frames else { return Int(frame) }
      findings.error(
        "KR0323",
        "\(time.value.text) is behind the end of `\(footage.file.value)`, which has "
          + "\(fact.frames) frames (\(fact.frameRate.secondsText(of: fact.frames)))",
        at: time.span)
      return nil
    }
    guard let start = footage.start.map(frame) ?? 0,
      let end = footage.end.map(frame) ?? fact.frames
    else { return nil }
    guard start < end else {
      findings.error(
        "KR0323", "`in` must be before `out`, and before the end of the clip",
        at: footage.start?.span ?? footage.end?.span ?? footage.file.span)
      return nil
    }
    return FootageOutline(
      path: footage.file.value, fact: fact, start: start, count: end - start,
      fit: footage.fit?.value ?? document.defaults.fit?.value ?? .cover)
  }
}

extension PipelineDocument.Settings {
  /// The first place at which anything is set.
  var firstSpan: SourceSpan? {
    [
      model?.span, style?.span, duration?.span, frames?.span, fit?.span, focus?.span, takes?.span,
      pick?.span, id?.span,
    ].compactMap(\.self).min { $0.start < $1.start } ?? parameters.first?.name.span
  }
}

extension FrameRate {
  /// `8.033s`, cut to a thousandth.
  func secondsText(of frames: Int) -> String {
    let thousandths = Int128(frames) * Int128(denominator) * 1000 / Int128(numerator)
    return TimeLength.time(nanoseconds: Int64(clamping: thousandths * 1_000_000)).text
  }
}
