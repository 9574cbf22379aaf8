internal import KeyreelCore

/// A film as its clips make it, where they came with other frames than planned and are taken so.
struct DeliveredFilm {
  private(set) var film: FilmPlan

  /// `receipt` tells what is known of a clip; what is not known counts as planned.
  init(_ planned: FilmPlan, receipt: (RecipeKey) throws -> Receipt?) rethrows {
    film = planned
    guard planned.assembly.conform == .accept else { return }
    var position = 0
    var later: [(frame: Int, by: Int)] = []
    for (index, piece) in planned.assembly.pieces.enumerated() {
      let overlap = piece.frames + piece.holdBefore + piece.holdAfter - piece.filmFrames
      let start = position - (overlap - (piece.dropsLast ? 1 : 0))
      position += piece.filmFrames
      guard case .clip(let key) = piece.source, let found = try receipt(key) else { continue }
      let frames = Self.frames(found.inspection, planned: piece.frames, at: planned.frameRate)
      guard frames != piece.frames else { continue }
      film.assembly.pieces[index].frames = frames
      // What stood on the clip's last picture, and all behind it, is moved.
      later.append((start + piece.holdBefore + piece.frames - 1, frames - piece.frames))
    }
    for index in film.keyframes.indices {
      let frame = planned.keyframes[index].filmFrame
      film.keyframes[index].filmFrame += later.filter { $0.frame <= frame }.reduce(0) { $0 + $1.by }
    }
    film.frames = film.assembly.frames
  }

  /// Film frames that last as long as a clip; lengths at other rates are rounded as the plan did.
  static func frames(_ clip: ClipInspection, planned: Int, at rate: FrameRate) -> Int {
    guard clip.frameRate != rate else { return clip.frames }
    let numerator =
      Int128(clip.frames - 1) * Int128(rate.numerator) * Int128(clip.frameRate.denominator)
    let denominator = Int128(rate.denominator) * Int128(clip.frameRate.numerator)
    let exact = Int(clamping: (2 * numerator + denominator) / (2 * denominator)) + 1
    return abs(exact - planned) <= 1 ? planned : exact
  }
}
