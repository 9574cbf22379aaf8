import KeyreelCore

/// Writes captions and titles of a cut list; nothing when a film has none.
struct TextsWriter {
  let assembly: Assembly

  func write(to text: inout JSONText) {
    guard assembly.hasTexts else { return }
    text.key("captions")
    text.array { text in for row in assembly.captions { text.object { write(row, to: &$0) } } }
    text.key("shown_captions")
    text.object { Self.write(assembly.captionUse, to: &$0) }
    text.key("titles")
    text.array { text in
      for title in assembly.titles {
        text.object {
          write(title.cue, to: &$0)
          write(title.look, to: &$0)
          $0.member("fade_in", title.fadeIn)
          $0.member("fade_out", title.fadeOut)
        }
      }
    }
  }

  /// The rows that are burnt in and that are tracks, by their 0-based places.
  static func write(_ use: CaptionUse, to text: inout JSONText) {
    for (name, rows) in [("burnt", use.burnt), ("tracks", use.tracks)] {
      text.key(name)
      text.array { text in for row in rows { text.value(row) } }
    }
  }

  private func write(_ row: Assembly.CaptionRow, to text: inout JSONText) {
    text.member("label", row.language)
    if let file = row.file { text.member("file", file) }
    write(row.look, to: &text)
    text.key("cues")
    text.array { text in for cue in row.cues { text.object { write(cue, to: &$0) } } }
  }

  private func write(_ cue: Assembly.Cue, to text: inout JSONText) {
    let ranges = assembly.plannedRanges
    let start = cue.start.frame(in: ranges, of: assembly.frames)
    let end = cue.end.frame(in: ranges, of: assembly.frames)
    text.member("label", label(of: cue.start))
    text.member("text", cue.text)
    text.member("film_frame", start)
    text.member("frames", max(0, end - start))
  }

  /// Where a caption comes, in words that stay the same when something before it gets longer.
  private func label(of mark: FilmMark) -> String {
    guard let piece = mark.piece, assembly.pieces.indices.contains(piece) else {
      return Amounts.timecode(mark.offset, at: assembly.frameRate)
    }
    let name = assembly.pieces[piece].label + (mark.edge == .end ? " end" : "")
    return mark.offset == 0 ? name : "\(name) \(mark.offset > 0 ? "+" : "")\(mark.offset)"
  }

  private func write(_ look: TextLook, to text: inout JSONText) {
    text.key("fonts")
    text.array { text in for font in look.fonts { text.value(font.name) } }
    text.member("size_permille", look.size)
    text.member("position", look.position.rawValue)
    text.member("look", look.ground.rawValue)
  }
}
