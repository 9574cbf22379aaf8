internal import KeyreelCore
internal import Media
internal import SystemPackage

/// Writes a laid-out film, packet by packet.
final class FilmWriter {
  /// Frames from which several threads encode a stretch; starting them costs more than a short one.
  private static let longStretch = 120
  /// The same number on every machine: a film's bytes depend on it.
  private static let threads = 4

  private let layout: FilmLayout
  private let desk: PictureDesk
  private let known: KnownFrames
  private let output: OutputFile
  private let stream: Int
  private let sound: SoundTrack?
  private let painter: TextPainter?
  private let captions: CaptionLanes?
  private let audience: FilmAudience?
  private let openings: Set<Int>
  private let token: CancellationToken
  private let progress: (Int) -> Void
  /// Film frames written.
  private(set) var done = 0
  /// The motion from the frame before an encoded stretch to its first, where it is wanted.
  private(set) var motions: [Int: Double] = [:]

  /// `openings` are first frames of encoded stretches that joins look at.
  init(
    _ layout: FilmLayout, desk: PictureDesk, known: KnownFrames, output: OutputFile, stream: Int,
    sound: SoundTrack?, painter: TextPainter?, captions: CaptionLanes?, audience: FilmAudience?,
    openings: Set<Int>, token: CancellationToken, progress: @escaping (Int) -> Void
  ) {
    self.openings = openings
    self.layout = layout
    self.desk = desk
    self.known = known
    self.output = output
    self.stream = stream
    self.sound = sound
    self.painter = painter
    self.captions = captions
    self.audience = audience
    self.token = token
    self.progress = progress
  }

  /// Writes every frame of the film.
  func write() throws {
    for run in layout.copies {
      try encode(done..<run.film.lowerBound)
      try copy(run)
      try audience?.show(run.film, from: desk, token)
    }
    try encode(done..<layout.timeline.frames)
    try sound?.write(until: nil)
  }

  private func copy(_ run: CopyRun) throws {
    guard case .video(let scan, _, _) = layout.pieces[run.piece].content else { return }
    let prefix = layout.isInBand ? scan.format.configuration?.inBand ?? [] : []
    try scan.forEachPacket(in: run.packets) { place, packet in
      guard let rank = scan.entries[place].rank else { return }
      packet.presentationTime = Int64(run.film.lowerBound + rank - run.firstRank)
      packet.decodeTime = Int64(run.film.lowerBound + place - run.packets.lowerBound - layout.delay)
      packet.dropSideData()
      if packet.isKey, !prefix.isEmpty { try packet.replaceBytes(prefix + packet.bytes) }
      try put(packet)
    }
  }

  private func encode(_ frames: Range<Int>) throws {
    guard !frames.isEmpty else { return }
    if audience?.isContinuous != true { desk.leave() }
    var settings = layout.settings
    if frames.count >= Self.longStretch { settings.threads = Self.threads }
    let encoder = try VideoEncoder(settings)
    var before = try openings.contains(frames.lowerBound) ? small(frames.lowerBound - 1) : nil
    let prefix = layout.isInBand ? layout.encoderConfiguration?.inBand ?? [] : []
    func take(_ packet: Packet) throws {
      let start = Int64(frames.lowerBound)
      packet.presentationTime = packet.presentationTime.map { $0 + start }
      // Encoded frames have no reordering, so they are decoded as they are shown.
      packet.decodeTime = packet.presentationTime.map { $0 - Int64(layout.delay) }
      try packet.prefixUnits()
      packet.dropSideData()
      if let small = before, let sets = layout.encoderConfiguration {
        let first = FrameProfile(try packet.picture(sets))
        motions[frames.lowerBound - 1] = small.motion(to: first.small)
        before = nil
      }
      if packet.isKey, !prefix.isEmpty { try packet.replaceBytes(prefix + packet.bytes) }
      try put(packet)
    }
    for frame in frames {
      let picture = try desk.picture(at: frame)
      try encoder.encode(painter?.painted(picture, at: frame) ?? picture, take)
      try audience?.show(picture, at: frame)
    }
    try encoder.finish(take)
  }

  /// A copied frame, which is in the film as it is in its clip.
  private func small(_ frame: Int) throws -> SmallPicture {
    try known.small(frame) ?? FrameProfile(desk.picture(at: frame)).small
  }

  private func put(_ packet: Packet) throws {
    try token.check()
    packet.stream = stream
    packet.duration = 1
    try sound?.write(until: done)
    try captions?.write(until: done)
    try output.write(packet)
    done += 1
    progress(done)
  }
}
