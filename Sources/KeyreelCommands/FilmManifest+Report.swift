internal import KeyreelCore
internal import Stitching

extension FilmManifest {
  /// What there is to say of a film that was just stitched; its bytes are not known yet.
  init(
    _ film: FilmPlan, _ report: StitchReport,
    receipts: [RecipeKey: Receipt], metadata: [(key: String, value: String)]
  ) {
    let clips = film.segments.compactMap { segment -> Clip? in
      guard let receipt = receipts[segment.chosen.key] else { return nil }
      return Clip(
        segment: segment.id, recipe: segment.chosen.key, digest: receipt.digest,
        seed: receipt.seed ?? segment.chosen.seed, request: receipt.ticket?.id, cost: receipt.cost,
        first: segment.first.authored, last: segment.last.authored)
    }
    self.init(
      name: film.name, madeWith: "Keyreel \(Version.number)", encoder: report.encoder,
      stitcher: Stitcher.version, digest: Digest.of(""), byteCount: 0,
      frames: report.frames,
      pieces: report.pieces.map {
        Piece(
          label: $0.label, frame: $0.filmFrame, firstPicture: $0.firstPicture,
          delivered: $0.delivered, conformed: $0.obstacle)
      },
      encoded: report.film.encoded, joins: report.joins, clips: clips, edit: film.assembly,
      tags: metadata.map { Tag(key: $0.key, value: $0.value) })
    if !report.film.lettered.isEmpty { lettered = report.film.lettered }
  }
}

extension KeyframeUse {
  /// Itself where an author drew it; what another clip ended on is no file.
  fileprivate var authored: KeyframeUse? { source == nil ? nil : self }
}
