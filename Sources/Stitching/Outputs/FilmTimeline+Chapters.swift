internal import KeyreelCore
internal import Media

extension FilmTimeline {
  /// The chapters of `assembly` where its pieces really stand; the first one begins with the film.
  func chapters(_ assembly: Assembly) -> [FilmChapter] {
    let starts = assembly.chapters.enumerated().map { index, chapter in
      index == 0 ? 0 : spans[chapter.piece].range.lowerBound
    }
    return assembly.chapters.enumerated().map { index, chapter in
      FilmChapter(
        title: chapter.title, start: starts[index],
        end: index + 1 < starts.count ? starts[index + 1] : frames, frameRate: assembly.frameRate)
    }
  }
}
