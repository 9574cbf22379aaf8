internal import KeyreelCore
internal import Media

/// Draws words over the frames of a film; each is laid out once, and forgotten when it has gone.
final class TextPainter {
  private let drawn: [FilmLettering.Drawn]
  private let renderer: TextRenderer
  private var layers: [Int: TextLayer] = [:]
  /// The first of `drawn` that may still be seen: frames come in film order.
  private var first = 0

  /// A painter of `drawn`; `nil` when there is nothing to draw.
  init?(_ drawn: [FilmLettering.Drawn], _ renderer: TextRenderer?) {
    guard let renderer, !drawn.isEmpty else { return nil }
    self.drawn = drawn.sorted { $0.cue.frames.lowerBound < $1.cue.frames.lowerBound }
    self.renderer = renderer
  }

  /// `picture` with all words of film frame `frame`, which never is before the last one asked for.
  func painted(_ picture: PlanarFrame, at frame: Int) throws -> PlanarFrame {
    while first < drawn.count, drawn[first].cue.frames.upperBound <= frame {
      layers[first] = nil
      first += 1
    }
    var picture = picture
    for index in first..<drawn.count {
      let text = drawn[index]
      if text.cue.frames.lowerBound > frame { break }
      guard text.cue.frames.contains(frame) else {
        layers[index] = nil
        continue
      }
      let layer = try layers[index] ?? renderer.layer(text.cue.text, text.look)
      layers[index] = layer
      let weight = text.weight(at: frame)
      picture = layer.laid(over: picture, part: weight.part, of: weight.whole)
    }
    return picture
  }
}

extension FilmLettering.Drawn {
  /// How much of the words is to be seen: in frame j of a fade of n frames, (j + 1) / (n + 1).
  func weight(at frame: Int) -> (part: Int, whole: Int) {
    let come = min(frame - cue.frames.lowerBound + 1, fadeIn + 1)
    let left = min(cue.frames.upperBound - frame, fadeOut + 1)
    return (come * left, (fadeIn + 1) * (fadeOut + 1))
  }
}
