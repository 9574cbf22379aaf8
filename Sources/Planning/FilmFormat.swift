import KeyreelCore

/// Size and rate of a film.
struct FilmFormat {
  let size: PixelSize
  let rate: FrameRate

  /// As the author says, else as the first model makes, else as the first clip is; `nil` when none helps.
  init?(
    _ film: PipelineDocument.Film, _ outlines: [SequenceOutline], _ findings: inout Findings
  ) {
    if let size = film.size, !Self.isPossible(size.value) {
      findings.error(
        "KR0326", "a film of \(size.value) cannot be encoded", at: size.span,
        suggestion: "both sides must be even, from 16 to 16384 pixels")
    }
    if let rate = film.rate, !rate.value.isPossible {
      findings.error(
        "KR0326", "a film cannot have \(rate.value) frames per second", at: rate.span,
        suggestion: "choose a rate from 1 to 240, such as 30 or 24000/1001")
    }
    // A clip shot on a telephone, put in front, must not decide what paid clips are scaled to.
    let leading = outlines.filter { !$0.isFootage } + outlines.filter(\.isFootage)
    guard let size = film.size?.value ?? leading.lazy.compactMap(\.size).first.map(Self.even),
      let rate = film.rate?.value ?? leading.lazy.compactMap(\.rate).first,
      Self.isPossible(size), rate.isPossible
    else { return nil }
    self.size = size
    self.rate = rate
  }

  private static func isPossible(_ size: PixelSize) -> Bool {
    [size.width, size.height].allSatisfy { (16...16384).contains($0) && $0 % 2 == 0 }
  }

  /// Existing clips may have odd sides, which 4:2:0 pictures cannot have.
  private static func even(_ size: PixelSize) -> PixelSize {
    PixelSize(width: size.width & ~1, height: size.height & ~1)
  }
}
