internal import KeyreelCore
internal import Media
internal import SystemPackage

/// The fonts that words of a film are drawn with.
enum FilmFonts {
  /// Digest of the fonts' files and of who draws; `nil` when no words are drawn.
  static func digest(of film: FilmPlan, root: FilePath) throws -> Digest? {
    try fonts(of: film, root: root)?.digest
  }

  /// The same of a cut list and of the captions that companions show.
  static func digest(
    of assembly: Assembly, with uses: [CaptionUse], root: FilePath
  ) throws -> Digest? {
    try fonts(of: assembly, with: uses, root: root)?.digest
  }

  /// Draws nothing; throws a ``CommandFailure`` when a font is missing or cannot write what is wanted.
  static func check(_ film: FilmPlan, root: FilePath) throws {
    do {
      guard let fonts = try fonts(of: film, root: root) else { return }
      let renderer = try TextRenderer(size: film.size, fonts: fonts)
      for title in film.assembly.titles { _ = try renderer.layer(title.cue.text, title.look) }
      for row in drawnRows(of: film) {
        for cue in row.cues { _ = try renderer.layer(cue.text, row.look) }
      }
    } catch let error as OperationError {
      throw CommandFailure(
        OperationError(
          error.code, "the words of \(film.name): \(error.message)", remedy: error.remedy),
        .runFailed)
    }
  }

  private static func drawnRows(of film: FilmPlan) -> [Assembly.CaptionRow] {
    let uses = [film.assembly.captionUse] + film.companions.map(\.captions)
    return Set(uses.flatMap(\.burnt)).sorted()
      .filter(film.assembly.captions.indices.contains).map { film.assembly.captions[$0] }
  }

  private static func fonts(of film: FilmPlan, root: FilePath) throws -> TextFonts? {
    try fonts(of: film.assembly, with: film.companions.map(\.captions), root: root)
  }

  private static func fonts(
    of assembly: Assembly, with uses: [CaptionUse], root: FilePath
  ) throws -> TextFonts? {
    let looks = assembly.drawnLooks(with: uses)
    guard !looks.isEmpty else { return nil }
    return try TextFonts(looks) { root.pushing(FilePath($0)) }
  }
}
