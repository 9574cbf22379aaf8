public import KeyreelCore
internal import SystemPackage

/// Gathers a clip's ``ClipEdges`` while all of its frames are decoded.
struct EdgeRecorder {
  /// Pictures that are kept at most: as many as B frames stand before the last frame.
  private static let mostPictures = 4
  /// Pictures nearer to their key frame are decoded again sooner than read.
  private static let nearKey = 48

  private let frames: Int
  private let size: PixelSize
  private let fitter: FrameFitter
  private let kept: Range<Int>
  private var head = ClipEdges.Run(start: 0)
  private var tail: ClipEdges.Run
  private var smalls: [Int: SmallPicture] = [:]
  private var pictures: [Int: [UInt8]] = [:]
  private var last: (index: Int, small: SmallPicture)?

  /// For the clip of `scan`, of `frames` frames of `size`; `nil` for one that no film shows in its own size.
  init?(_ scan: PacketScan, size: PixelSize, frames: Int) {
    guard size.width % 2 == 0, size.height % 2 == 0, frames > 0 else { return nil }
    self.size = size
    self.frames = frames
    fitter = FrameFitter(size: size, fit: .cover, format: scan.format, file: scan.path.string)
    tail = ClipEdges.Run(start: max(0, frames - ClipEdges.reach))
    kept = Self.kept(scan, frames: frames)
  }

  /// The pictures that cannot be copied when the last one is left out, where they are few and far away.
  private static func kept(_ scan: PacketScan, frames: Int) -> Range<Int> {
    let none = frames..<frames
    guard scan.hasTimes, !scan.hidesPictures, scan.frames == frames,
      let run = scan.run(showing: 0..<frames - 1), run.packets.lowerBound == 0
    else { return none }
    let lost = run.packets.upperBound..<frames - 1
    guard (1...mostPictures).contains(lost.count),
      lost.lowerBound - (scan.decodeStart(for: lost.lowerBound) ?? 0) > nearKey
    else { return none }
    return lost
  }

  /// Looks at the frame with 0-based `index`; all are shown, in their order.
  mutating func look(_ frame: LibavFrame, at index: Int) throws {
    guard index < ClipEdges.reach || index >= tail.start else { return }
    try look(fitter.fit(frame), at: index)
  }

  /// Looks at the first and the last pictures of the clip, one after the other.
  mutating func look(_ picture: PlanarFrame, at index: Int) throws {
    let (isHead, isTail) = (index < ClipEdges.reach, index >= tail.start)
    guard isHead || isTail else { return }
    let profile = FrameProfile(picture)
    let motion = last.flatMap { $0.index == index - 1 ? $0.small.motion(to: profile.small) : nil }
    if isHead { head.add(profile.traits, motion) }
    if isTail { tail.add(profile.traits, tail.traits.isEmpty ? nil : motion) }
    let isBeforeKept = index + 1 == kept.lowerBound && !kept.isEmpty
    if index == 0 || index == frames - 2 || isBeforeKept { smalls[index] = profile.small }
    if kept.contains(index) { pictures[index] = try LosslessPicture.encode(picture) }
    last = (index, profile.small)
  }

  /// The edges; `nil` when not all frames came.
  var edges: ClipEdges? {
    guard last?.index == frames - 1 else { return nil }
    return ClipEdges(
      size: size, frames: frames, head: head, tail: tail, smalls: smalls, pictures: pictures)
  }
}

extension ClipEdges {
  /// Measures a video by decoding all of it; `nil` for one that no film shows in its own size.
  public init?(decoding scan: PacketScan) throws {
    let size = scan.format.size
    guard var recorder = EdgeRecorder(scan, size: size, frames: scan.frames) else { return nil }
    let reader = try PictureReader(scan, from: 0, size: size)
    for rank in 0..<scan.frames { try recorder.look(try reader.picture(rank), at: rank) }
    guard let edges = recorder.edges else { return nil }
    self = edges
  }
}

extension ClipEdges.Run {
  fileprivate mutating func add(_ traits: FrameTraits, _ motion: Double?) {
    self.traits.append(traits)
    if let motion { motions.append(motion) }
  }
}
