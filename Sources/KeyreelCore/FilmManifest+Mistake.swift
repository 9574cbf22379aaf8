extension FilmManifest {
  /// Film frames, pictures and pieces beyond which nothing is believed: nine days of film.
  private static let most = 20_000_000

  /// What cannot be true of any film, in words; `nil` when all may be.
  ///
  /// A manifest lies beside a film where anybody may have changed it. What passes can be reckoned with:
  /// no number overflows or asks for memory without end. Whether it is this film's is another question.
  public var mistake: String? {
    guard edit.key == assembly else { return "its cut list is not the one of its digest" }
    return mistakeInFilm ?? mistakeInPieces ?? edit.mistake ?? mistakeInJoins ?? mistakeInClips
  }

  private var mistakeInFilm: String? {
    let counts = 0...Self.most
    guard size.isBelievable, frameRate.isPossible, size == edit.size,
      frameRate == edit.frameRate, counts.contains(frames), frames > 0, byteCount >= 0
    else { return "its size, rate or length cannot be" }
    guard isWithin(encoded), isWithin(lettered ?? []) else {
      return "what was encoded lies outside of the film"
    }
    return nil
  }

  /// Whether stretches rise within the film.
  private func isWithin(_ stretches: [FilmStretch]) -> Bool {
    var end = 0
    for stretch in stretches {
      guard stretch.start >= end, stretch.count > 0, stretch.start <= frames,
        stretch.count <= frames - stretch.start
      else { return false }
      end = stretch.start + stretch.count
    }
    return true
  }

  private var mistakeInPieces: String? {
    guard !pieces.isEmpty, pieces.count == edit.pieces.count, pieces.count <= Self.most else {
      return "its pieces are not those of its cut list"
    }
    var last = 0
    for piece in pieces {
      guard piece.frame >= last, piece.frame < frames, (0...frames).contains(piece.firstPicture),
        (0...Self.most).contains(piece.delivered)
      else { return "the piece \(piece.label) lies outside of the film" }
      last = piece.frame
    }
    return nil
  }

  private var mistakeInJoins: String? {
    for join in joins {
      let place = join.place
      guard (0...frames).contains(place.frame),
        [place.framesBefore, place.framesAfter].allSatisfy({ window in
          (0...frames).contains(window.start) && (0...256).contains(window.count)
            && window.count <= frames - window.start
        })
      else { return "a join lies outside of the film" }
    }
    return nil
  }

  private var mistakeInClips: String? {
    let known = Set(clips.map(\.recipe))
    for piece in edit.pieces {
      if case .clip(let key) = piece.source, !known.contains(key) {
        return "the clip of \(piece.label) is not listed"
      }
    }
    let keyframes = clips.flatMap { [$0.first, $0.last] }.compactMap(\.self)
    guard keyframes.allSatisfy(\.isReadable) else { return "a keyframe of it names no picture" }
    return nil
  }
}

extension Assembly {
  /// What no planner would write; `nil` when it can be reckoned with.
  fileprivate var mistake: String? {
    let counts = 0...10_000_000
    var most = 0
    for piece in pieces {
      guard counts.contains(piece.frames), counts.contains(piece.holdBefore),
        counts.contains(piece.holdAfter), counts.contains(piece.crossfade?.frames ?? 0),
        piece.source.isReadable
      else { return "the piece \(piece.label) of its cut list cannot be" }
      most += piece.frames + piece.holdBefore + piece.holdAfter
    }
    guard counts.contains(fadeIn), counts.contains(fadeOut), (0...51).contains(crf),
      most <= 40_000_000
    else { return "its fades or its length cannot be" }
    return mistakeInChapters ?? mistakeInSounds ?? mistakeInTexts
  }

  private var mistakeInChapters: String? {
    let places = chapters.map(\.piece)
    guard places.allSatisfy(pieces.indices.contains), places == places.sorted() else {
      return "its chapters begin outside of the film"
    }
    return nil
  }

  private var mistakeInTexts: String? {
    let cues = captions.flatMap(\.cues) + titles.map(\.cue)
    let areNear = cues.flatMap { [$0.start, $0.end] }.allSatisfy {
      (-10_000_000...10_000_000).contains($0.offset)
    }
    let areBelievable = titles.allSatisfy {
      (0...10_000_000).contains($0.fadeIn) && (0...10_000_000).contains($0.fadeOut)
    }
    let areDrawable = (captions.map(\.look) + titles.map(\.look)).allSatisfy {
      (1...10_000).contains($0.size)
    }
    guard areNear, areBelievable, areDrawable, cues.count <= 1_000_000 else {
      return "its words cannot be"
    }
    return nil
  }

  private var mistakeInSounds: String? {
    let areInside = pieceSounds.allSatisfy { sound in
      pieces.indices.contains(sound.firstPiece) && sound.pieces > 0
        && sound.pieces <= pieces.count - sound.firstPiece
    }
    // A week into a file, and 400 dB.
    let areBelievable = soundBeds.allSatisfy { bed in
      (0...604_800_000_000_000).contains(bed.start) && (-40_000...40_000).contains(bed.gain)
        && (0...10_000_000).contains(bed.fadeIn) && (0...10_000_000).contains(bed.fadeOut)
    }
    guard areInside, areBelievable, (-40_000...0).contains(loudness ?? 0) else {
      return "its sounds cannot be"
    }
    return nil
  }
}

extension Assembly.Piece.Source {
  fileprivate var isReadable: Bool {
    switch self {
    case .clip: true
    case .footage(_, _, let start, let count, _):
      (0...10_000_000).contains(start) && (1...10_000_000).contains(count)
    case .still(let use): use.isReadable
    }
  }
}

extension KeyframeUse {
  /// Whether its recipe fits its source, and its canvas can be.
  fileprivate var isReadable: Bool {
    guard recipe.canvas.isBelievable, (0...1000).contains(recipe.focus.x),
      (0...1000).contains(recipe.focus.y)
    else { return false }
    return switch (source, recipe.origin) {
    case (.file, .still), (.url, .still): true
    case (.video, .videoFrame(_, let index)): (0...10_000_000).contains(index)
    default: false
    }
  }
}

extension PixelSize {
  /// Whether a film may have it.
  fileprivate var isBelievable: Bool {
    (2...16_384).contains(width) && (2...16_384).contains(height) && width % 2 == 0
      && height % 2 == 0
  }
}
