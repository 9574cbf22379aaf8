import KeyreelCore

/// A sequence with its sources looked up and its settings checked, before times are worked out.
struct SequenceOutline {
  let name: String
  let sequence: PipelineDocument.Sequence
  let content: Content

  enum Content {
    case chain(PartialChain)
    case still(StillOutline)
    case footage(FootageOutline)
    /// Something is wrong with it, and told.
    case broken
  }

  /// The size of what it shows, which the film takes when nothing else is said.
  var size: PixelSize? {
    switch content {
    case .chain(let chain): chain.drafts.lazy.compactMap(\.self).first?.canvas
    case .still(let still): still.canvas
    case .footage(let footage): footage.fact.size
    case .broken: nil
    }
  }

  var isFootage: Bool {
    if case .footage = content { true } else { false }
  }

  var rate: FrameRate? {
    switch content {
    case .chain(let chain): chain.drafts.lazy.compactMap(\.self).first?.rate
    case .still(let still): still.rate
    case .footage(let footage): footage.fact.frameRate
    case .broken: nil
    }
  }
}

/// A chain as far as it could be understood, so that the rest of it can be checked too.
struct PartialChain {
  let stops: [PipelineDocument.Stop]
  let pictures: [ResolvedPicture?]
  /// One per segment.
  let drafts: [DraftSegment?]
  let loops: Bool
  let mode: ChainMode

  /// The chain, when nothing is missing.
  var complete: ChainOutline? {
    let pictures = pictures.compactMap(\.self)
    let drafts = drafts.compactMap(\.self)
    guard pictures.count == stops.count, drafts.count == self.drafts.count else { return nil }
    return ChainOutline(
      stops: stops, pictures: pictures, drafts: drafts, loops: loops, mode: mode)
  }

  /// The index of the keyframe on which segment `index` ends.
  func end(of index: Int) -> Int { (index + 1) % stops.count }
}

/// Keyframes and the segments between them; the last segment of a loop leads back to the first.
struct ChainOutline {
  let stops: [PipelineDocument.Stop]
  let pictures: [ResolvedPicture]
  /// One per segment.
  let drafts: [DraftSegment]
  let loops: Bool
  let mode: ChainMode

  /// The index of the keyframe on which segment `index` ends.
  func end(of index: Int) -> Int { (index + 1) % stops.count }
}

/// One keyframe that is shown for a while.
struct StillOutline {
  let stop: PipelineDocument.Stop
  let hold: Written<TimeLength>
  let picture: ResolvedPicture
  let canvas: PixelSize
  let rate: FrameRate
  let fit: Fit
  let focus: Focus
}

/// A part of an existing clip.
struct FootageOutline {
  let path: String
  let fact: FootageFact
  let start: Int
  let count: Int
  let fit: Fit
}
