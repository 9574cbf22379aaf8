import KeyreelCore

/// A film as a CMX 3600 edit decision list, as nearly every editing program reads it.
///
/// Times are in whole frames a second without drop frames: 23.976 is written as 24, and so on. Clips are
/// told by their names and files in comments, for eight letters of a reel tell nobody anything.
public struct EditDecisionList: Sendable {
  /// The file's text.
  public let text: String

  /// The edit as text.
  public init(_ edit: EditList) {
    let writer = Writer(rate: edit.frameRate)
    var lines = ["TITLE: \(Self.plain(edit.name))", "FCM: NON-DROP FRAME", ""]
    for (index, event) in edit.events.enumerated() {
      let before = index > 0 ? edit.events[index - 1] : nil
      // What is seen together with the next clip belongs to that one's event.
      let given = index + 1 < edit.events.count ? edit.events[index + 1].dissolve : 0
      lines += writer.event(event, shortenedBy: given, number: index + 1, before: before)
    }
    lines += writer.sounds(of: edit)
    for marker in edit.markers {
      lines.append("* LOC: \(writer.time(marker.frame)) WHITE   \(Self.plain(marker.name))")
    }
    for cue in edit.texts {
      lines.append("* LOC: \(writer.time(cue.frames.lowerBound)) CYAN    \(Self.plain(cue.text))")
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  /// One line of ASCII.
  private static func plain(_ text: String) -> String {
    String(
      text.unicodeScalars.map { (32...126).contains($0.value) ? Character($0) : "_" })
  }

  private struct Writer {
    let rate: FrameRate

    /// Frames that a second counts.
    private var base: Int { (2 * rate.numerator + rate.denominator) / (2 * rate.denominator) }

    func event(
      _ event: EditList.Event, shortenedBy given: Int, number: Int, before: EditList.Event?
    ) -> [String] {
      let id = Self.digits(number, 3)
      let frames = event.frames - given
      let end = event.filmStart + frames
      let source =
        event.isStill
        ? (event.sourceStart, event.sourceStart + 1)
        : (event.sourceStart, event.sourceStart + (event.speed?.inFile(frames) ?? frames))
      let times =
        "\(time(source.0)) \(time(source.1)) \(time(event.filmStart)) \(time(end))"
      var lines: [String] = []
      if event.dissolve > 0, let before {
        // Both sides of a dissolve are one event: the first stands for no time at all.
        let shown = before.frames - event.dissolve
        let cut = before.sourceStart + (before.speed?.inFile(shown) ?? shown)
        let stop = time(event.filmStart)
        lines.append("\(id)  AX       V     C        \(time(cut)) \(time(cut)) \(stop) \(stop)")
        lines.append(
          "\(id)  AX       V     D    \(Self.digits(event.dissolve, 3)) \(times)")
        lines.append("* FROM CLIP NAME: \(plain(before.name))")
        lines.append("* TO CLIP NAME: \(plain(event.name))")
      } else {
        lines.append("\(id)  AX       V     C        \(times)")
        lines.append("* FROM CLIP NAME: \(plain(event.name))")
      }
      lines.append("* SOURCE FILE: \(event.file)")
      if event.isStill {
        lines.append("M2   AX             000.0                \(time(source.0))")
      }
      if let speed = event.speed {
        let rate = speed.times(base, digits: 1)
        let filled = String(repeating: "0", count: max(0, 5 - rate.count)) + rate
        lines.append("M2   AX             \(filled)                \(time(source.0))")
      }
      return lines + [""]
    }

    /// A CMX 3600 list has two channels of sound that every program reads: one sound at a time has
    /// both, two have one each, and what is heard beside those is named.
    func sounds(of edit: EditList) -> [String] {
      let tracks = edit.soundTracks
      let channels = tracks.count == 1 ? ["AA"] : ["A ", "A2"]
      var lines: [String] = []
      var number = edit.events.count
      for (track, channel) in zip(tracks, channels) {
        for sound in track {
          number += 1
          let times = [
            sound.sourceStart, sound.sourceStart + sound.frames, sound.filmStart,
            sound.filmStart + sound.frames,
          ].map(time).joined(separator: " ")
          lines.append(
            "\(Self.digits(number, 3))  AX       \(channel)    C        \(times)")
          lines.append("* FROM CLIP NAME: \(plain(sound.name))")
          lines.append("* SOURCE FILE: \(sound.file)")
          if sound.gain != 0 {
            let sign = sound.gain > 0 ? "+" : ""
            lines.append(
              "* AUDIO LEVEL AT \(time(sound.filmStart)) IS \(sign)\(sound.decibels) DB")
          }
          if sound.fadeIn + sound.crossIn > 0 {
            lines.append("* AUDIO FADE IN: \(sound.fadeIn + sound.crossIn) FRAMES")
          }
          if sound.fadeOut + sound.crossOut > 0 {
            lines.append("* AUDIO FADE OUT: \(sound.fadeOut + sound.crossOut) FRAMES")
          }
          lines.append("")
        }
      }
      for sound in tracks.dropFirst(2).flatMap(\.self) {
        lines.append(
          "* NOT IN THIS LIST, NO CHANNEL LEFT: \(plain(sound.name)) AT \(time(sound.filmStart))")
      }
      return lines
    }

    func time(_ frame: Int) -> String {
      let (seconds, frames) = frame.quotientAndRemainder(dividingBy: base)
      return [seconds / 3600, seconds / 60 % 60, seconds % 60, frames]
        .map { Self.digits($0, 2) }.joined(separator: ":")
    }

    private func plain(_ text: String) -> String { EditDecisionList.plain(text) }

    private static func digits(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
  }
}
