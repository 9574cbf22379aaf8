/// Captions as a text file that players read beside a film.
public enum SubtitleText {
  /// SubRip, which nearly every player reads.
  public static func subRip(_ cues: [FilmCue], at rate: FrameRate) -> String {
    cues.enumerated().map { index, cue in
      "\(index + 1)\n\(times(cue, rate, point: ","))\n\(paragraph(cue.text))\n\n"
    }.joined()
  }

  /// WebVTT (W3C), which web pages read: `<track kind="captions">`.
  public static func webVTT(_ cues: [FilmCue], at rate: FrameRate) -> String {
    "WEBVTT\n\n"
      + cues.map { "\(times($0, rate, point: "."))\n\(escaped(paragraph($0.text)))\n\n" }.joined()
  }

  /// `text` without empty lines, which end a caption in both formats.
  public static func paragraph(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
      .joined(separator: "\n")
  }

  /// Words in which nothing is taken for a tag of WebVTT.
  public static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }

  /// The time of 0-based film frame `frame` in milliseconds, rounded to the nearest.
  public static func milliseconds(_ frame: Int, at rate: FrameRate) -> Int {
    let product = Int128(frame) * 1000 * Int128(rate.denominator)
    return Int(
      clamping: (2 * product + Int128(rate.numerator)) / (2 * Int128(rate.numerator)))
  }

  private static func times(_ cue: FilmCue, _ rate: FrameRate, point: String) -> String {
    [cue.frames.lowerBound, cue.frames.upperBound].map { frame in
      let time = milliseconds(frame, at: rate)
      let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1000)
      let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { digits($0, 2) }
      return clock.joined(separator: ":") + point + digits(rest, 3)
    }.joined(separator: " --> ")
  }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
