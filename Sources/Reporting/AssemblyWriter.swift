import KeyreelCore

/// Writes a cut list for people who review a plan, and for the comparison of plans.
struct AssemblyWriter {
  let assembly: Assembly

  func write(to text: inout JSONText) {
    text.member("key", assembly.key.hex)
    text.member("fade_in", assembly.fadeIn)
    text.member("fade_out", assembly.fadeOut)
    text.member("crf", assembly.crf)
    text.member("metadata", assembly.metadata.rawValue)
    text.member("conform", assembly.conform.rawValue)
    text.key("mend")
    text.array { text in for word in assembly.mend.words { text.value(word) } }
    text.key("sound")
    if let sound = assembly.sound {
      text.object { write(sound, to: &$0) }
    } else {
      text.null()
    }
    text.key("piece_sounds")
    text.array { text in
      for sound in assembly.pieceSounds {
        text.object {
          $0.member("first_piece", sound.firstPiece)
          $0.member("pieces", sound.pieces)
          $0.key("own")
          $0.value(sound.isOwn)
          write(sound.bed, to: &$0)
        }
      }
    }
    text.key("loudness_centilufs")
    if let loudness = assembly.loudness { text.value(loudness) } else { text.null() }
    text.key("chapters")
    text.array { text in
      for chapter in assembly.chapters {
        text.object {
          $0.member("first_piece", chapter.piece)
          $0.member("title", chapter.title)
        }
      }
    }
    TextsWriter(assembly: assembly).write(to: &text)
    text.key("pieces")
    text.array { text in
      for piece in assembly.pieces { text.object { write(piece, to: &$0) } }
    }
  }

  private func write(_ sound: Assembly.SoundBed, to text: inout JSONText) {
    text.member("file", sound.path)
    text.member("digest", sound.digest.hex)
    text.key("start_seconds")
    text.value(literal: Amounts.seconds(nanoseconds: sound.start))
    text.member("gain_centibels", sound.gain)
    text.member("fade_in", sound.fadeIn)
    text.member("fade_out", sound.fadeOut)
    text.key("loop")
    text.value(sound.loops)
  }

  private func write(_ piece: Assembly.Piece, to text: inout JSONText) {
    text.member("label", piece.label)
    switch piece.source {
    case .clip(let key): text.member("clip", key.description)
    case .footage(let path, let digest, let start, let count, let fit):
      text.member("footage", path)
      text.member("digest", digest.hex)
      text.member("start", start)
      text.member("count", count)
      text.member("fit", fit.rawValue)
    case .still(let use):
      text.member("still", use.name)
      text.key("picture")
      use.recipe.write(to: &text)
    }
    text.member("frames", piece.frames)
    text.key("drops_last")
    text.value(piece.dropsLast)
    text.member("hold_before", piece.holdBefore)
    text.member("hold_after", piece.holdAfter)
    text.key("crossfade")
    if let crossfade = piece.crossfade {
      text.object {
        $0.member("frames", crossfade.frames)
        $0.member("handles", crossfade.handles.rawValue)
      }
    } else {
      text.null()
    }
  }
}
