import KeyreelCore

extension ReportBuilder {
  /// What the player shows; `nil` for a film without captions.
  private static func captions(of film: FilmPlan) -> [ReportDocument.Captions]? {
    let assembly = film.assembly
    guard !assembly.captions.isEmpty else { return nil }
    return assembly.captions.enumerated().filter { !assembly.captionUse.burnt.contains($0.offset) }
      .map { _, row in
        ReportDocument.Captions(
          language: row.language, count: row.cues.count,
          text: SubtitleText.webVTT(assembly.placed(row.cues), at: film.frameRate))
      }
  }

  /// The film at `index` of the plan.
  func film(_ index: Int) -> ReportDocument.Film {
    let film = plan.films[index]
    let cost = sources.forecast.filmCosts[index]
    let starts = Self.starts(of: film.assembly)
    let uses = Self.uses(of: film)
    return ReportDocument.Film(
      name: film.name, size: film.size.description, frameRate: film.frameRate,
      frames: film.frames, duration: Amounts.timecode(film.frames, at: film.frameRate),
      outputs: film.outputs, planned: .init(cost.planned), toPay: .init(cost.new),
      video: sources.videos[index], keyframes: film.keyframes.map { keyframe($0, uses, film) },
      segments: zip(film.segments, sources.forecast.steps[index]).map { segment, steps in
        self.segment(segment, steps, film, start: starts.byLabel[segment.id] ?? 0)
      }, inserts: inserts(film, starts.all),
      joins: joins(film, starts.all, sources.manifests[index]?.joins ?? []),
      remarks: film.remarks, assembly: film.assembly.key, captions: Self.captions(of: film))
  }

  /// The film frame at which each piece begins, its holds counted.
  private static func starts(of assembly: Assembly) -> (all: [Int], byLabel: [String: Int]) {
    var frame = 0
    var all: [Int] = []
    var byLabel: [String: Int] = [:]
    for piece in assembly.pieces {
      let overlap = piece.crossfade.map { $0.handles == .overlap ? $0.frames : 0 } ?? 0
      all.append(frame - overlap)
      if case .clip = piece.source, byLabel[piece.label] == nil {
        byLabel[piece.label] = frame - overlap + piece.holdBefore
      }
      frame += piece.filmFrames
    }
    return (all, byLabel)
  }

  /// The keyframes of a film as its segments and stills use them, by name.
  private static func uses(of film: FilmPlan) -> [String: KeyframeUse] {
    var uses: [String: KeyframeUse] = [:]
    for segment in film.segments {
      for use in [segment.first, segment.last] where use.source != nil { uses[use.name] = use }
    }
    for case .still(let use) in film.assembly.pieces.map(\.source) { uses[use.name] = use }
    return uses
  }

  private func keyframe(
    _ keyframe: PlannedKeyframe, _ uses: [String: KeyframeUse], _ film: FilmPlan
  ) -> ReportDocument.Keyframe {
    let use = uses[keyframe.name]
    return ReportDocument.Keyframe(
      name: keyframe.name, sequence: keyframe.sequence, filmFrame: keyframe.filmFrame,
      time: Amounts.timecode(keyframe.filmFrame, at: film.frameRate),
      source: use?.source.map(Self.name), digest: keyframe.digest,
      picture: use.flatMap { picture($0.recipe) })
  }

  private func picture(_ recipe: PictureRecipe) -> String? {
    let name = ReportMedia.name(of: recipe)
    return present(name)
  }

  private func present(_ name: String) -> String? { sources.media.contains(name) ? name : nil }

  private static func name(_ source: PictureSource) -> String {
    switch source {
    case .file(let path): path
    case .video(let path, .frames(let frame)): "\(path), frame \(frame)"
    case .video(let path, .time(let nanoseconds)):
      "\(path) at \(Amounts.seconds(nanoseconds: nanoseconds)) s"
    case .url(let address, _): address
    }
  }

  private func inserts(_ film: FilmPlan, _ starts: [Int]) -> [ReportDocument.Insert] {
    zip(film.assembly.pieces, starts).compactMap { piece, start in
      let time = Amounts.timecode(start, at: film.frameRate)
      switch piece.source {
      case .clip: return nil
      case .footage(let path, let digest, let first, let count, _):
        return .init(
          kind: "footage", label: piece.label, source: path, filmFrame: start,
          frames: piece.filmFrames, time: time,
          picture: present(ReportMedia.name(ofFootage: digest, from: first, frames: count)))
      case .still(let use):
        return .init(
          kind: "still", label: piece.label, source: use.name, filmFrame: start,
          frames: piece.filmFrames, time: time, picture: picture(use.recipe))
      }
    }
  }
}
