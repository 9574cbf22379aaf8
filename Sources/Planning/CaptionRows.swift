import KeyreelCore

/// The rows of captions of a document, and which of them each output shows.
struct CaptionRows {
  /// One row: as `film.captions` writes it, or what sequences alone make.
  struct Row {
    let written: PipelineDocument.Captions?
    let forms: [CaptionForm]
    let language: String
    let position: TextPosition
  }

  let rows: [Row]

  init(_ document: PipelineDocument) {
    var rows = document.film.captions.map { row in
      Row(
        written: row, forms: row.forms?.value ?? [.track],
        language: row.language?.value ?? LanguageCode.undetermined,
        position: row.look.position?.value ?? .bottom)
    }
    if rows.isEmpty, document.sequences.contains(where: \.hasCaption) {
      rows = [
        Row(
          written: nil, forms: [.track], language: LanguageCode.undetermined, position: .bottom)
      ]
    }
    self.rows = rows
  }

  /// What a film shows when its output says nothing.
  var usual: CaptionUse {
    CaptionUse(burnt: rows(with: .burnt), tracks: rows(with: .track))
  }

  /// The rows that are written beside each film.
  var sidecars: [Int] { rows(with: .sidecar) }

  /// Which captions `output` shows; `kind` is what it is.
  func use(
    of output: PipelineDocument.Output, _ kind: OutputKind, _ findings: inout Findings
  ) -> CaptionUse {
    if let captions = output.captions, !captions.value.isEmpty, rows.isEmpty {
      findings.error(
        "KR0334", "there are no captions to show", at: captions.span,
        suggestion: "write them under `film.captions`, or delete this")
      return .none
    }
    var use = usual
    if let forms = output.captions?.value {
      use.burnt = forms.contains(.burnt) ? usual.burnt.isEmpty ? [0] : usual.burnt : []
      use.tracks = forms.contains(.track) ? Array(rows.indices) : []
    }
    if kind != .film { use.tracks = [] }
    if let language = output.language {
      guard !use.burnt.isEmpty else {
        findings.error(
          "KR0338", "`language` says which captions are burnt in, and none are",
          at: language.span, suggestion: "add `captions: burnt`, or delete it")
        return use
      }
      if let row = row(of: language, &findings) { use.burnt = [row] }
    }
    checkOverlap(use, at: output.captions?.span ?? output.file.span, &findings)
    return use
  }

  /// The row that a file of captions holds.
  func row(of output: PipelineDocument.Output, _ findings: inout Findings) -> Int {
    guard !rows.isEmpty else {
      findings.error(
        "KR0334", "there are no captions to write", at: output.file.span,
        suggestion: "write them under `film.captions`, or delete this output")
      return 0
    }
    return output.language.flatMap { row(of: $0, &findings) } ?? 0
  }

  /// Words of two rows must not be drawn over one another.
  func checkOverlap(_ use: CaptionUse, at span: SourceSpan?, _ findings: inout Findings) {
    let positions = use.burnt.map { rows[$0].position }
    guard Set(positions).count < positions.count else { return }
    findings.error(
      "KR0338", "captions of two languages would be burnt in over one another", at: span,
      suggestion: "choose one with the output's `language`, or give one row `position: top`")
  }

  private func rows(with form: CaptionForm) -> [Int] {
    rows.indices.filter { rows[$0].forms.contains(form) }
  }

  private func row(of language: Written<String>, _ findings: inout Findings) -> Int? {
    let wanted = LanguageCode.threeLetters(of: language.value)
    let found = rows.firstIndex { LanguageCode.threeLetters(of: $0.language) == wanted }
    if found == nil {
      let known = rows.map { "`\($0.language)`" }.joined(separator: ", ")
      findings.error(
        "KR0338", "there are no captions in `\(language.value)`", at: language.span,
        suggestion: known.isEmpty ? "write them under `film.captions`" : "there are: \(known)")
    }
    return found
  }
}

extension PipelineDocument.Sequence {
  /// Whether any caption is written in it.
  var hasCaption: Bool {
    if caption != nil { return true }
    guard case .keyframes(let chain) = content else { return false }
    return chain.stops.contains { $0.caption != nil }
  }
}
