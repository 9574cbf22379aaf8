#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
public import KeyreelCore
internal import Media
public import SystemPackage

/// Joins clips, footage and stills into one film, frame by frame as its assembly says.
///
/// Packets are copied bit for bit where nothing has to change; only frames around drops, holds, fades
/// and crossfades are encoded, and clips that do not agree with the film. No pictures are held but
/// those of two pieces; of every frame of the sources 24 bytes of facts are kept, 24 MB of a film of
/// nine hours. The call blocks: run it on a thread of its own.
public struct Stitcher: Sendable {
  /// Raised whenever the same assembly comes out as other bytes; films made before are made anew.
  public static let version = 4

  /// A stitcher.
  public init() {}

  /// Writes the film that `assembly` describes to `output`, looks at it and tells what it became.
  ///
  /// `companions` are made of the same frames in the same pass, and looked at too; what is left of them
  /// after an error is the caller's to remove. `metadata` are further tags of the file; `progress` is told film frames done and in total.
  /// On any error nothing is left at `output`. Throws an ``OperationError`` that names the file or
  /// piece: `disk-full`, `corrupt`, `not-found`, `verification-failed` (the film is not what was
  /// planned, or `conform: strict` was not met), `interrupted`.
  public func stitch(
    _ assembly: Assembly, from sources: FilmSources, into output: FilePath, title: String,
    metadata: [(key: String, value: String)] = [], companions: [FilmCompanion] = [],
    token: CancellationToken = CancellationToken(),
    progress: @escaping (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> StitchReport {
    var survey = PieceSurvey(assembly, sources: sources)
    let plain = try FilmLayout(assembly, pieces: survey.survey(token))
    let joins = JoinSurvey(
      pieces: plain.pieces, timeline: plain.timeline, size: assembly.size, sources: sources)
    let found = try joins.verdicts(try joins.places(), token)
    let mending = try Mender(mending: assembly.mend, survey: joins).plan(for: found, token)
    let lettering = FilmLettering(assembly, timeline: plain.timeline)
    let lettered = FilmLettering.windows(lettering.drawn(with: assembly.captionUse.burnt))
    let layout =
      mending.touches.isEmpty && lettered.isEmpty
      ? plain
      : try FilmLayout(
        assembly, pieces: plain.pieces, touches: mending.touches, lettered: lettered)
    let told = found.enumerated().map { join, verdict in
      mending.remedies[join].map {
        JoinVerdict(verdict.place, verdict.figures, remedies: $0, unmended: verdict.figures)
      } ?? verdict
    }
    let verdicts = try joins.bare(told, under: lettered, mending.touches, token)
    do {
      var film = StitchedFilm(layout, assembly)
      film.lettered = lettered.map { FilmStretch($0) }
      let written = try write(
        layout, lettering, assembly, sources, output, metadata: [("title", title)] + metadata,
        companions, openings: Self.openings(of: film, at: verdicts), token: token,
        progress: progress)
      let notes = FrameNotes(of: film, at: verdicts.flatMap(\.place.windows))
      let check = try FilmCheck(output, expecting: film, notes: notes, token: token)
      let known = KnownFrames(
        layout.pieces, timeline: layout.timeline, size: assembly.size, sources: sources,
        encoded: film.encoded.map(\.range), openings: written.motions, notes: notes)
      let joins = try Self.measured(verdicts, in: film, at: output, known, token)
      var report = StitchReport(layout, assembly, film: film, check: check, joins: joins)
      report.loudness = written.loudness
      return report
    } catch {
      Self.remove(output)
      throw error
    }
  }

  /// The verdicts on the film itself: where frames were encoded, they are measured again.
  private static func measured(
    _ verdicts: [JoinVerdict], in film: StitchedFilm, at path: FilePath, _ known: KnownFrames,
    _ token: CancellationToken
  ) throws -> [JoinVerdict] {
    let encoded = film.encoded.map(\.range)
    let indices = verdicts.indices.filter { index in
      verdicts[index].place.windows.contains { window in
        encoded.contains { $0.overlaps(window) }
      } && !film.isLettered(at: verdicts[index].place)
    }
    guard !indices.isEmpty else { return verdicts }
    let again = try FilmJoins(path, size: film.size).verdicts(
      again: indices.map { verdicts[$0] }, known: known, token)
    var verdicts = verdicts
    for (index, verdict) in zip(indices, again) { verdicts[index] = verdict }
    return verdicts
  }

  /// First frames of encoded stretches behind a copied frame, where a join looks at both.
  private static func openings(of film: StitchedFilm, at verdicts: [JoinVerdict]) -> Set<Int> {
    let starts = Set(film.encoded.map(\.start))
    let seen = verdicts.flatMap(\.place.windows).flatMap { $0.dropFirst() }
    return starts.intersection(seen)
  }

  /// Removes a regular file; devices and pipes stay.
  private static func remove(_ output: FilePath) {
    var status = stat()
    if lstat(output.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      unlink(output.string)
    }
  }

  private func write(
    _ layout: FilmLayout, _ lettering: FilmLettering, _ assembly: Assembly,
    _ sources: FilmSources, _ output: FilePath, metadata: [(key: String, value: String)],
    _ companions: [FilmCompanion], openings: Set<Int>, token: CancellationToken,
    progress: @escaping (Int, Int) -> Void
  ) throws -> (loudness: SoundVerdict?, motions: [Int: Double]) {
    let total = layout.timeline.frames
    let track =
      assembly.hasSound
      ? try SoundTrack(
        assembly,
        score: SoundScore(
          timeline: layout.timeline, rate: assembly.frameRate, file: sources.file), token: token)
      : nil
    let file = try OutputFile(
      output, metadata: metadata,
      indexSize: Self.indexSize(
        frames: total, soundPackets: track?.packets ?? 0,
        metadata + assembly.chapters.map { ("chapter", $0.title + $0.title) }
          + assembly.captionUse.tracks.map { _ in ("captions", Self.trackHeader) })
        + assembly.captionUse.tracks.reduce(0) { $0 + 64 * assembly.captions[$1].cues.count })
    let stream = try file.addStream(
      layout.configuration, size: assembly.size, frameRate: assembly.frameRate,
      inBand: layout.isInBand)
    try track?.add(to: file)
    let use = assembly.captionUse
    let captions = try CaptionLanes(
      use.tracks, of: lettering, in: file, size: assembly.size, frameRate: assembly.frameRate)
    let chapters = layout.timeline.chapters(assembly)
    try file.add(chapters)
    let renderer = try Self.renderer(assembly, companions, sources)
    let audience = try FilmAudience(
      companions, of: StitchedFilm(layout, assembly), sound: track, lettering: lettering,
      renderer: renderer, chapters: chapters, metadata: metadata)
    let known = KnownFrames(
      layout.pieces, timeline: layout.timeline, size: assembly.size, sources: sources)
    let desk = PictureDesk(
      layout.pieces, timeline: layout.timeline, size: assembly.size, sources: sources,
      touches: layout.touches, known: known)
    let writer = FilmWriter(
      layout, desk: desk, known: known, output: file, stream: stream, sound: track,
      painter: TextPainter(lettering.drawn(with: use.burnt), renderer), captions: captions,
      audience: audience, openings: openings, token: token
    ) { progress($0, total) }
    try writer.write()
    try file.finish()
    try audience?.finish(token)
    return (track?.verdict, writer.motions)
  }

  /// Room for the header of a subtitle track.
  private static let trackHeader = String(repeating: " ", count: 1024)

  /// What draws the words of the film and its companions; `nil` when none are drawn.
  private static func renderer(
    _ assembly: Assembly, _ companions: [FilmCompanion], _ sources: FilmSources
  ) throws -> TextRenderer? {
    let looks = assembly.drawnLooks(with: companions.map(\.captions))
    guard !looks.isEmpty else { return nil }
    return try TextRenderer(
      size: assembly.size, fonts: TextFonts(looks, file: sources.file))
  }

  /// More bytes than the index of a film can need, so that the film is written only once.
  ///
  /// Per picture 4 bytes of size, 4 if it is a key, 8 of time offset, 20 if it begins a chunk; per
  /// packet of sound 4, 8 and 20 (ISO/IEC 14496-12, the sample tables).
  private static func indexSize(
    frames: Int, soundPackets: Int, _ metadata: [(key: String, value: String)]
  ) -> Int {
    let tags = metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 128 }
    return 8192 + tags + frames * 36 + soundPackets * 32
  }
}

extension StitchReport {
  init(
    _ layout: FilmLayout, _ assembly: Assembly, film: StitchedFilm, check: FilmCheck,
    joins: [JoinVerdict]
  ) {
    self.film = film
    self.joins = joins
    let copied = layout.copies.reduce(into: [:]) { $0[$1.piece, default: 0] += $1.film.count }
    let total = copied.values.reduce(0, +)
    frames = layout.timeline.frames
    planned = assembly.frames
    frameRate = assembly.frameRate
    pieces = layout.pieces.enumerated().map { index, piece in
      let span = layout.timeline.spans[index]
      return Piece(
        label: piece.piece.label, filmFrame: span.range.lowerBound,
        firstPicture: span.motion.lowerBound, frames: span.range.count, planned: piece.piece.frames,
        delivered: piece.delivered, copied: copied[index] ?? 0, obstacle: piece.toldObstacle)
    }
    self.copied = total
    encoded = frames - total
    isInBand = layout.isInBand
    hasSound = assembly.hasSound
    encoder = VideoEncoder.version
    self.check = check
  }
}

extension SurveyedPiece {
  /// Why all of a video was encoded.
  fileprivate var toldObstacle: String? {
    guard case .video = content else { return nil }
    return obstacle
  }
}

extension StitchedFilm {
  init(_ layout: FilmLayout, _ assembly: Assembly) {
    size = assembly.size
    frameRate = assembly.frameRate
    frames = layout.timeline.frames
    pieces = layout.pieces.enumerated().map { index, piece in
      Mark(label: piece.piece.label, frame: layout.timeline.spans[index].range.lowerBound)
    }
    let ends = [0] + layout.copies.map(\.film.upperBound)
    let starts = layout.copies.map(\.film.lowerBound) + [layout.timeline.frames]
    encoded = zip(ends, starts).filter { $0 < $1 }.map { FilmStretch(start: $0, count: $1 - $0) }
  }
}
