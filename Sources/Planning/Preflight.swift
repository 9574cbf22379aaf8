import KeyreelCore

/// Warns of pictures and clips that will disappoint, before any money is spent.
struct Preflight {
  let filmSize: PixelSize
  /// Whether the author chose what the film sounds like.
  let hasAudio: Bool

  /// A crop of more than a fifth is worth a word: 4:3 in 16:9 is, 3:2 is not.
  private static let keptPermille = 800
  /// Mean difference of two thumbnails, in thousandths of a step of 255, below which they look alike.
  private static let nearPermille = 1500

  /// One way in which a picture is used.
  private struct Seen: Hashable {
    let source: PictureSource
    let canvas: PixelSize
    let fit: Fit
    let isAimed: Bool
  }

  func check(_ outlines: [SequenceOutline], _ findings: inout Findings) {
    var seen: Set<Seen> = []
    var heard: Set<String> = []
    for outline in outlines {
      switch outline.content {
      case .chain(let chain): check(chain, &seen, &findings)
      case .still(let still):
        let use = Seen(
          source: still.picture.source, canvas: filmSize, fit: still.fit,
          isAimed: still.focus != .center)
        check(still.picture, use, &seen, &findings)
      case .footage(let footage):
        if footage.fact.hasSound, heard.insert(footage.path).inserted {
          warnOfSound(footage, outline, &findings)
        }
      case .broken: break
      }
    }
  }

  /// Whoever names a sound for the film knows that the clips' own is not heard.
  private func warnOfSound(
    _ footage: FootageOutline, _ outline: SequenceOutline, _ findings: inout Findings
  ) {
    guard !hasAudio, outline.sequence.ownSound == nil, outline.sequence.sound == nil,
      case .footage(let written) = outline.sequence.content
    else { return }
    findings.warning(
      "KR0424", "`\(footage.path)` has sound, which the film does not use", at: written.file.span,
      suggestion: "`own_sound: keep` lets it be heard, `own_sound: drop` says that it is not")
  }

  private func check(
    _ chain: PartialChain, _ seen: inout Set<Seen>, _ findings: inout Findings
  ) {
    for (index, draft) in chain.drafts.enumerated() {
      let end = chain.end(of: index)
      if let draft, draft.knowsCanvas {
        for stop in [index, end] {
          guard let picture = chain.pictures[stop] else { continue }
          let written = chain.stops[stop]
          let use = Seen(
            source: picture.source, canvas: draft.canvas,
            fit: written.fit?.value ?? picture.fit ?? draft.fit,
            isAimed: (written.focus?.value ?? picture.focus ?? draft.focus) != .center)
          check(picture, use, &seen, &findings)
        }
      }
      if let first = chain.pictures[index], let second = chain.pictures[end] {
        compare(first, second, at: chain.stops[end], &findings)
      }
    }
  }

  private func check(
    _ picture: ResolvedPicture, _ use: Seen, _ seen: inout Set<Seen>,
    _ findings: inout Findings
  ) {
    guard seen.insert(use).inserted else { return }
    checkShape(picture, use, &findings)
    if picture.fact.hasAlpha {
      findings.warning(
        "KR0422", "`\(picture.source.path)` has an alpha channel, which models do not see",
        at: picture.span, suggestion: "flatten it if it is transparent anywhere")
    }
  }

  private func checkShape(
    _ picture: ResolvedPicture, _ use: Seen, _ findings: inout Findings
  ) {
    let (canvas, fit) = (use.canvas, use.fit)
    let size = picture.fact.size
    guard size.width > 0, size.height > 0 else { return }
    // Compared as products, so that no fraction is lost.
    let wide = size.width * canvas.height
    let tall = size.height * canvas.width
    let kept = min(wide, tall) * 1000 / max(wide, tall)
    // Whoever aims a crop knows of it.
    if fit == .cover, !use.isAimed, kept < Self.keptPermille {
      let cut = 100 - (kept + 5) / 10
      findings.warning(
        "KR0420",
        "`\(picture.source.path)` is \(size); to fill \(canvas), \(cut) % of its "
          + "\(wide > tall ? "width" : "height") is cut off",
        at: picture.span, suggestion: "choose what is kept with `focus`, or use `fit: blur`")
    } else if fit == .stretch, kept < Self.keptPermille {
      findings.warning(
        "KR0420", "`\(picture.source.path)` is \(size); `fit: stretch` distorts it to \(canvas)",
        at: picture.span, suggestion: "use `fit: cover` or `fit: blur`")
    }
    let isUpscaled =
      switch fit {
      case .cover, .stretch: canvas.width > 2 * size.width || canvas.height > 2 * size.height
      case .contain, .blur: canvas.width > 2 * size.width && canvas.height > 2 * size.height
      }
    if isUpscaled {
      findings.warning(
        "KR0421", "`\(picture.source.path)` is only \(size) and is enlarged to \(canvas)",
        at: picture.span, suggestion: "use a larger picture")
    }
  }

  private func compare(
    _ first: ResolvedPicture, _ second: ResolvedPicture, at stop: PipelineDocument.Stop,
    _ findings: inout Findings
  ) {
    guard first.origin == second.origin || looksAlike(first.fact, second.fact) else { return }
    let what =
      first.origin == second.origin ? "are the same picture" : "look almost the same"
    findings.warning(
      "KR0423",
      "`\(first.name)` and `\(second.name)` \(what); the clip between them will stand still",
      at: stop.subject.span, suggestion: "use `hold`, which costs nothing")
  }

  private func looksAlike(_ first: PictureFact, _ second: PictureFact) -> Bool {
    guard first.thumbnail.count == second.thumbnail.count, !first.thumbnail.isEmpty else {
      return false
    }
    var sum = 0
    for index in first.thumbnail.indices {
      sum += abs(Int(first.thumbnail[index]) - Int(second.thumbnail[index]))
    }
    return sum * 1000 < Self.nearPermille * first.thumbnail.count
  }
}
