import KeyreelCore

/// A film as an OpenTimelineIO timeline: one track of pictures, tracks of sounds, a marker per keyframe.
public struct OpenTimeline: Sendable {
  /// Indented UTF-8 JSON with a line end at the end.
  public let bytes: [UInt8]

  /// The edit as JSON.
  public init(_ edit: EditList) {
    var text = JSONText(indentedWithCapacity: 4096 + edit.events.count * 1500)
    let writer = TimelineWriter(edit: edit)
    text.object { writer.write(to: &$0) }
    text.endLine()
    bytes = text.bytes
  }
}

/// Writes OTIO's objects; every one has its schema, a name and metadata.
struct TimelineWriter {
  let edit: EditList

  func write(to text: inout JSONText) {
    text.member("OTIO_SCHEMA", "Timeline.1")
    text.member("name", edit.name)
    text.key("metadata")
    text.object { _ in }
    text.key("global_start_time")
    time(0, &text)
    text.key("tracks")
    text.object { text in
      text.member("OTIO_SCHEMA", "Stack.1")
      item("tracks", &text, markers: edit.markers, texts: edit.texts)
      text.key("children")
      text.array { text in
        text.object { pictures(&$0) }
        for (index, track) in edit.soundTracks.enumerated() {
          text.object { sounds(track, number: index + 1, &$0) }
        }
      }
    }
  }

  private func pictures(_ text: inout JSONText) {
    text.member("OTIO_SCHEMA", "Track.1")
    text.member("kind", "Video")
    item("pictures", &text)
    text.key("children")
    text.array { text in
      for (index, event) in edit.events.enumerated() {
        let next = index + 1 < edit.events.count ? edit.events[index + 1].dissolve : 0
        if event.dissolve > 0 { text.object { transition(event.dissolve, &$0) } }
        // A transition reaches into both clips; what lies between their cuts is theirs alone.
        let (before, after) = (event.dissolve - event.dissolve / 2, next / 2)
        text.object { text in
          text.member("OTIO_SCHEMA", "Clip.1")
          item(
            event.name, &text,
            range: (
              event.sourceStart + (event.speed?.inFile(before) ?? before),
              event.frames - before - after
            ),
            still: event.isStill, speed: event.speed)
          text.key("media_reference")
          text.object { media(event.file, event.available, &$0) }
        }
      }
    }
  }

  private func transition(_ frames: Int, _ text: inout JSONText) {
    text.member("OTIO_SCHEMA", "Transition.1")
    text.member("name", "crossfade")
    text.key("metadata")
    text.object { _ in }
    text.member("transition_type", "SMPTE_Dissolve")
    text.key("in_offset")
    time(frames - frames / 2, &text)
    text.key("out_offset")
    time(frames / 2, &text)
  }

  func media(_ file: String, _ available: Int?, _ text: inout JSONText) {
    text.member("OTIO_SCHEMA", "ExternalReference.1")
    text.member("name", "")
    text.key("metadata")
    text.object { _ in }
    text.key("available_range")
    if let available { range(0, available, &text) } else { text.null() }
    text.member("target_url", file)
  }

  func item(
    _ name: String, _ text: inout JSONText, range: (start: Int, frames: Int)? = nil,
    still: Bool = false, speed: EditList.Speed? = nil, sound: EditList.Sound? = nil,
    markers: [EditList.Marker] = [], texts: [FilmCue] = []
  ) {
    text.member("name", name)
    text.key("metadata")
    text.object { _ in }
    text.key("source_range")
    if let range { self.range(range.start, range.frames, &text) } else { text.null() }
    text.key("effects")
    text.array { text in
      if still { text.object { warp("FreezeFrame", "hold", scalar: "0.0", &$0) } }
      if let speed {
        let scalar = speed.times(1, digits: 9)
        text.object { warp("LinearTimeWarp", "retime", scalar: scalar, &$0) }
      }
      if let sound, sound.isShaped { text.object { level(sound, &$0) } }
    }
    text.key("markers")
    text.array { text in
      for marker in markers {
        self.marker(marker.name, "GREEN", marker.frame..<marker.frame + 1, &text)
      }
      for cue in texts { self.marker(cue.text, "CYAN", cue.frames, &text) }
    }
  }

  private func marker(
    _ name: String, _ color: String, _ frames: Range<Int>, _ text: inout JSONText
  ) {
    text.object {
      $0.member("OTIO_SCHEMA", "Marker.2")
      $0.member("name", name)
      $0.key("metadata")
      $0.object { _ in }
      $0.member("color", color)
      $0.key("marked_range")
      self.range(frames.lowerBound, frames.count, &$0)
    }
  }

  /// A freeze frame is a time warp that stands still.
  private func warp(_ kind: String, _ name: String, scalar: String, _ text: inout JSONText) {
    text.member("OTIO_SCHEMA", "\(kind).1")
    text.member("name", name)
    text.key("metadata")
    text.object { _ in }
    text.member("effect_name", kind)
    text.key("time_scalar")
    text.value(literal: scalar)
  }

  func range(_ start: Int, _ frames: Int, _ text: inout JSONText) {
    text.object { text in
      text.member("OTIO_SCHEMA", "TimeRange.1")
      text.key("start_time")
      time(start, &text)
      text.key("duration")
      time(frames, &text)
    }
  }

  private func time(_ frames: Int, _ text: inout JSONText) {
    text.object {
      $0.member("OTIO_SCHEMA", "RationalTime.1")
      $0.key("rate")
      $0.value(literal: rate)
      $0.key("value")
      $0.value(literal: "\(frames).0")
    }
  }

  /// OTIO counts in floating point: 23.976023976023978 for 24000/1001.
  private var rate: String {
    "\(Double(edit.frameRate.numerator) / Double(edit.frameRate.denominator))"
  }
}
