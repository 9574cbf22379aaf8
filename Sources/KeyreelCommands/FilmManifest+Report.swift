internal import KeyreelCore
internal import Stitching

extension FilmManifest {
  /// What there is to say of a film that was just published.
  init(
    _ film: FilmPlan, _ report: StitchReport, _ published: FilmReceipt,
    receipts: [RecipeKey: Receipt]
  ) {
    let clips = film.segments.compactMap { segment -> Clip? in
      guard let receipt = receipts[segment.chosen.key] else { return nil }
      return Clip(
        segment: segment.id, recipe: segment.chosen.key, digest: receipt.digest,
        seed: receipt.seed ?? segment.chosen.seed, request: receipt.ticket?.id, cost: receipt.cost)
    }
    self.init(
      name: film.name, madeWith: "Keyreel \(Version.number)", encoder: report.encoder,
      assembly: film.assembly.key, digest: published.digest, byteCount: published.byteCount,
      size: report.film.size, frameRate: report.frameRate, frames: report.frames,
      pieces: report.pieces.map {
        Piece(label: $0.label, frame: $0.filmFrame, conformed: $0.obstacle)
      },
      encoded: report.film.encoded,
      joins: report.joins, clips: clips)
    if !report.film.lettered.isEmpty { lettered = report.film.lettered }
  }
}
