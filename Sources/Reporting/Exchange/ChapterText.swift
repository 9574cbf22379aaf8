internal import KeyreelCore

/// A film's chapters as FFmetadata, which `ffmpeg -i film.mp4 -i chapters.txt -map_metadata 1` takes.
public struct ChapterText: Sendable {
  /// The file's text.
  public let text: String

  /// The chapters of `edit`; a film without any is one chapter.
  public init(_ edit: EditList) {
    let rate = edit.frameRate
    var lines = [";FFMETADATA1", "title=\(Self.escaped(edit.name))"]
    let chapters =
      edit.chapters.isEmpty ? [EditList.Marker(name: edit.name, frame: 0)] : edit.chapters
    for (index, chapter) in chapters.enumerated() {
      let end = index + 1 < chapters.count ? chapters[index + 1].frame : edit.frames
      // One tick is one frame, so nothing is rounded.
      lines += [
        "", "[CHAPTER]", "TIMEBASE=\(rate.denominator)/\(rate.numerator)",
        "START=\(chapter.frame)", "END=\(end)", "title=\(Self.escaped(chapter.name))",
      ]
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  /// `=`, `;`, `#`, `\` and line ends stand behind a backslash (FFmpeg's formats, Metadata).
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if "=;#\\\n".contains(character) { result += "\\" }
      result.append(character)
    }
  }
}
