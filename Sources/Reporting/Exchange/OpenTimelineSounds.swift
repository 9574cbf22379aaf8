import KeyreelCore

/// OTIO's tracks of sounds: clips with gaps between, equal-power overlaps and levels as effects.
extension TimelineWriter {
  func sounds(_ track: [EditList.Sound], number: Int, _ text: inout JSONText) {
    text.member("OTIO_SCHEMA", "Track.1")
    text.member("kind", "Audio")
    item("sound \(number)", &text)
    text.key("children")
    text.array { text in
      var place = 0
      for sound in track {
        let silence = sound.filmStart - place
        if silence > 0 { text.object { gap(silence, &$0) } }
        text.object { clip(sound, &$0) }
        place = sound.filmStart + sound.frames
      }
    }
  }

  private func gap(_ frames: Int, _ text: inout JSONText) {
    text.member("OTIO_SCHEMA", "Gap.1")
    item("silence", &text, range: (0, frames))
  }

  private func clip(_ sound: EditList.Sound, _ text: inout JSONText) {
    text.member("OTIO_SCHEMA", "Clip.1")
    item(sound.name, &text, range: (sound.sourceStart, sound.frames), sound: sound)
    text.key("media_reference")
    text.object { media(sound.file, nil, &$0) }
  }

  /// OTIO has no schema for levels, so they stand in an effect of our own name, in decibels and frames.
  func level(_ sound: EditList.Sound, _ text: inout JSONText) {
    text.member("OTIO_SCHEMA", "Effect.1")
    text.member("name", "level")
    text.member("effect_name", "KeyreelAudioLevel")
    text.key("metadata")
    text.object { text in
      text.key("keyreel")
      text.object { text in
        text.key("gain_db")
        text.value(literal: sound.decibels)
        for (key, frames) in [
          ("fade_in", sound.fadeIn), ("fade_out", sound.fadeOut),
          ("equal_power_in", sound.crossIn), ("equal_power_out", sound.crossOut),
        ] where frames > 0 {
          text.key(key)
          text.value(frames)
        }
        if sound.loops {
          text.key("loop")
          text.value(true)
        }
      }
    }
  }
}

extension EditList.Sound {
  /// Whether more is done with it than to play it.
  var isShaped: Bool {
    gain != 0 || loops || [fadeIn, fadeOut, crossIn, crossOut].contains { $0 > 0 }
  }
}
