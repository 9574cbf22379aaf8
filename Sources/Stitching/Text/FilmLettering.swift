internal import KeyreelCore
internal import Media

/// The words of a film where they really stand, once it is known how many frames each piece has.
struct FilmLettering {
  /// Words with their look, and the frames on which they are drawn.
  struct Drawn {
    var cue: FilmCue
    var look: TextLook
    var fadeIn = 0
    var fadeOut = 0
  }

  /// Captions by rows.
  let rows: [[FilmCue]]
  private let looks: [TextLook]
  private let titles: [Drawn]
  let languages: [String]

  init(_ assembly: Assembly, timeline: FilmTimeline) {
    let ranges = timeline.spans.map(\.range)
    rows = assembly.captions.map {
      FilmCue.placing($0.cues, in: ranges, of: timeline.frames)
    }
    looks = assembly.captions.map(\.look)
    languages = assembly.captions.map(\.language)
    titles = assembly.titles.compactMap { title in
      FilmCue.placing([title.cue], in: ranges, of: timeline.frames).first.map {
        Drawn(cue: $0, look: title.look, fadeIn: title.fadeIn, fadeOut: title.fadeOut)
      }
    }
  }

  /// All words that are drawn when the captions of `rows` are.
  func drawn(with rows: [Int]) -> [Drawn] {
    titles
      + rows.filter(self.rows.indices.contains).flatMap { row in
        self.rows[row].map { Drawn(cue: $0, look: looks[row]) }
      }
  }

  /// The film frames on which any of `drawn` is seen, in order and apart from one another.
  static func windows(_ drawn: [Drawn]) -> [Range<Int>] {
    drawn.map(\.cue.frames).sorted { $0.lowerBound < $1.lowerBound }
      .reduce(into: []) { windows, frames in
        if let last = windows.last, frames.lowerBound <= last.upperBound {
          windows[windows.count - 1] =
            last.lowerBound..<max(last.upperBound, frames.upperBound)
        } else {
          windows.append(frames)
        }
      }
  }
}

extension Range<Int> {
  /// What `windows`, which are in order, leave of it.
  func without(_ windows: [Range<Int>]) -> [Range<Int>] {
    var (rest, start) = ([Range<Int>](), lowerBound)
    for window in windows where window.overlaps(self) {
      if start < window.lowerBound { rest.append(start..<window.lowerBound) }
      start = Swift.max(start, window.upperBound)
    }
    if start < upperBound { rest.append(start..<upperBound) }
    return rest
  }
}
