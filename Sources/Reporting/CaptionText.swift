import KeyreelCore

/// What a plan says of captions and titles, in one line.
enum CaptionText {
  /// `captions: 3 in en (track), 2 titles`; `nil` when there are none.
  static func summary(of film: FilmPlan) -> String? {
    let assembly = film.assembly
    guard assembly.hasTexts else { return nil }
    var parts = assembly.captions.enumerated().map { index, row in
      let count = "\(row.cues.count) \(row.cues.count == 1 ? "caption" : "captions")"
      let language = row.language == LanguageCode.undetermined ? "" : " in \(row.language)"
      return count + language + forms(index, film)
    }
    if !assembly.titles.isEmpty {
      parts.append("\(assembly.titles.count) \(assembly.titles.count == 1 ? "title" : "titles")")
    }
    return "with " + parts.joined(separator: ", ")
  }

  private static func forms(_ row: Int, _ film: FilmPlan) -> String {
    let uses = [film.assembly.captionUse] + film.companions.map(\.captions)
    var forms: [String] = []
    if uses.contains(where: { $0.burnt.contains(row) }) { forms.append("burnt in") }
    if uses.contains(where: { $0.tracks.contains(row) }) { forms.append("track") }
    let isWritten = film.companions.contains {
      if case .captions(row, _) = $0.form { true } else { false }
    }
    if isWritten { forms.append("file") }
    return forms.isEmpty ? " (not shown)" : " (\(forms.joined(separator: ", ")))"
  }
}
