internal import KeyreelCore
internal import Media
internal import Reporting
internal import Storage
internal import SystemPackage

/// Gathers what a report tells: the plan, the store's memory, small pictures, the film itself.
struct ReportGatherer {
  /// Films and clips of more bytes in all are linked instead of carried: mail and browsers take no more.
  static let carriedBytes = 32 << 20
  /// Joins of a film that are shown in pictures; the others only in figures.
  private static let shownJoins = 60
  /// Pixels of a picture's width: many pictures are made smaller, so that the page stays one that opens.
  private static let widths: [(pictures: Int, width: Int)] = [(120, 416), (600, 240)]

  /// Pixels of the width of the frame that a film's player shows before it is played.
  private static let posterWidth = 960

  let work: PipelineWork
  let plan: Plan
  var thumbnails = Thumbnails()
  var delivery = Delivery.carried

  /// How films come to a page.
  enum Delivery {
    /// In the page itself, as far as they are small enough.
    case carried
    /// From the server of `keyreel watch`.
    case served
  }

  /// The report as it is to be seen from `folder`.
  func gather(seenFrom folder: FilePath) async throws -> GatheredReport {
    let forecast = try work.forecast(plan)
    var sources = ReportSources(tool: Version.number, forecast: forecast)
    sources.diagnostics = work.diagnostics
    try CommandFailure.atStore {
      let keys = Set(plan.films.flatMap(\.segments).flatMap(\.takes).map(\.key))
      try work.store.lookUp(keys)
      for key in keys {
        sources.clips[key] = try work.store.clipRecord(for: key)
      }
      sources.runs = try work.store.runs(of: plan.pipeline)
    }
    try addMoney(to: &sources)
    addManifests(to: &sources)
    let posters = try addVideos(to: &sources, seenFrom: folder)
    await addPictures(to: &sources, posters)
    return GatheredReport(document: ReportBuilder(sources).document, media: sources.media)
  }

  private func addMoney(to sources: inout ReportSources) throws {
    guard plan.backend.isPriced else { return }
    let keys = Set(plan.films.flatMap(\.segments).flatMap(\.takes).map(\.key))
    for entry in try CommandFailure.atStore({ try work.store.ledger() })
    where keys.contains(entry.key) {
      sources.reservedPrice = sources.reservedPrice + entry.reserved
      sources.unknownPrice = sources.unknownPrice + entry.unknown
      if entry.outcome == .accepted { sources.bought.insert(entry.key) }
      if entry.outcome == .unknown { sources.unknown.insert(entry.key) }
    }
  }

  /// What was measured in each film that is as a run would make it.
  private func addManifests(to sources: inout ReportSources) {
    for (index, film) in plan.films.enumerated() {
      let receipt = (try? production.published(film, of: plan)) ?? nil
      guard let receipt,
        let manifest = try? DirectoryStore.manifest(beside: output(of: film)),
        manifest.digest == receipt.digest
      else { continue }
      sources.manifests[index] = manifest
    }
  }

  private func output(of film: FilmPlan) -> FilePath {
    work.project.filmFolder.pushing(FilePath(film.outputs.first ?? ""))
  }

  private var production: FilmProduction {
    FilmProduction(
      project: work.project, store: work.store,
      pictures: work.library, reporter: ReporterGroup([]))
  }

  // MARK: Pictures

  /// Frames to show before videos are played, by their names.
  private typealias Posters = [String: Thumbnails.Order]

  private func addPictures(to sources: inout ReportSources, _ posters: Posters) async {
    let subjects = subjects(of: sources)
    let rule = Self.widths.first { subjects.count <= $0.pictures }
    var orders = subjects.mapValues { Thumbnails.Order(subject: $0, width: rule?.width ?? 160) }
    orders.merge(posters) { $1 }
    for (name, bytes) in await thumbnails.pictures(of: orders, from: work.library) {
      sources.media.add(bytes, as: .jpeg, named: name)
    }
    let media = sources.media
    func hung(_ video: ReportDocument.Video) -> ReportDocument.Video {
      var video = video
      let name = video.digest.map { ReportMedia.posterName(of: $0) }
      video.poster = name.flatMap { media.contains($0) ? $0 : nil }
      return video
    }
    sources.videos = sources.videos.mapValues(hung)
    sources.takeVideos = sources.takeVideos.mapValues(hung)
  }

  private func subjects(of sources: ReportSources) -> [String: Thumbnails.Subject] {
    var subjects: [String: Thumbnails.Subject] = [:]
    let clips = Set(plan.films.flatMap(\.segments).map(\.chosen.key))
    // A clip among many is one picture, else three.
    let parts = clips.count > 200 ? [1] : [0, 1, 2]
    for (index, film) in plan.films.enumerated() {
      for segment in film.segments {
        for use in [segment.first, segment.last] { add(use, to: &subjects) }
        guard let clip = sources.clips[segment.chosen.key],
          let file = try? work.store.clip(clip.receipt)
        else { continue }
        for part in parts {
          subjects[ReportMedia.name(of: segment.chosen.key, still: part)] =
            .frame(of: file, canvas: segment.canvas, part: part)
        }
      }
      for verdict in (sources.manifests[index]?.joins ?? []).prefix(Self.shownJoins) {
        subjects[ReportMedia.stripName(of: verdict)] = .join(
          in: output(of: film), frame: verdict.place.frame)
      }
      for piece in film.assembly.pieces { add(piece.source, film.size, to: &subjects) }
    }
    return subjects
  }

  private func add(
    _ source: Assembly.Piece.Source, _ canvas: PixelSize,
    to subjects: inout [String: Thumbnails.Subject]
  ) {
    switch source {
    case .clip: break
    case .still(let use): add(use, to: &subjects)
    case .footage(let path, let digest, let start, let count, _):
      subjects[ReportMedia.name(ofFootage: digest, from: start, frames: count)] = .frame(
        of: work.project.root.pushing(FilePath(path)), canvas: canvas, part: 1,
        within: start..<start + count)
    }
  }

  private func add(_ use: KeyframeUse, to subjects: inout [String: Thumbnails.Subject]) {
    guard use.source != nil else { return }
    subjects[ReportMedia.name(of: use.recipe)] = .keyframe(use)
  }

  // MARK: Videos

  /// The films that are there; beside them, clips that no film shows, as long as there is room.
  private func addVideos(
    to sources: inout ReportSources, seenFrom folder: FilePath
  ) throws -> Posters {
    var room = Self.carriedBytes
    var posters: Posters = [:]
    for (index, film) in plan.films.enumerated() {
      guard let receipt = try production.published(film, of: plan) else { continue }
      let file = output(of: film)
      var video = ReportDocument.Video(
        link: RelativeLink.address(of: file, from: folder), bytes: receipt.byteCount,
        digest: receipt.digest)
      let name = ReportMedia.videoName(ofFilm: index)
      if delivery == .served {
        // The digest makes another film another address.
        sources.media.add(address: "/\(name).mp4?\(receipt.digest.hex.prefix(16))", named: name)
        video.media = name
        video.link = nil
      } else if carry(file, receipt.byteCount, named: name, &sources.media, &room) {
        video.media = name
      } else {
        video.remark =
          "not in this page, which carries \(Self.carriedBytes >> 20) MiB of video at most"
      }
      sources.videos[index] = video
      guard video.media != nil else { continue }
      posters[ReportMedia.posterName(of: receipt.digest)] = Thumbnails.Order(
        subject: .frame(of: file, canvas: film.size, part: 0), width: Self.posterWidth)
    }
    for (index, film) in plan.films.enumerated() {
      let isShown = sources.videos[index]?.media != nil
      let takes = film.segments.flatMap { segment in segment.takes.map { (segment.canvas, $0) } }
      for (canvas, take) in takes where !(isShown && take.isChosen) {
        guard let clip = sources.clips[take.key]?.receipt, sources.takeVideos[take.key] == nil,
          let file = try? work.store.clip(clip)
        else { continue }
        let name = ReportMedia.videoName(of: take.key)
        guard carry(file, clip.byteCount, named: name, &sources.media, &room) else { continue }
        sources.takeVideos[take.key] = .init(
          media: name, bytes: clip.byteCount, digest: clip.digest)
        posters[ReportMedia.posterName(of: clip.digest)] = Thumbnails.Order(
          subject: .frame(of: file, canvas: canvas, part: 1), width: Self.widths[0].width)
      }
    }
    return posters
  }

  private func carry(
    _ file: FilePath, _ bytes: Int, named name: String, _ media: inout ReportMedia,
    _ room: inout Int
  ) -> Bool {
    guard bytes <= room, let content = try? FileBytes.read(file, name: name, limit: bytes),
      content.count == bytes
    else {
      return false
    }
    media.add(content, as: .mp4, named: name)
    room -= bytes
    return true
  }
}
