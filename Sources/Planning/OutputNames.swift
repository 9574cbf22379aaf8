import KeyreelCore

/// The names of a film and its files, with the variant's suffix.
struct OutputNames {
  private let document: PipelineDocument

  init(_ document: PipelineDocument) { self.document = document }

  var filmName: String { document.name + suffix }

  private var suffix: String { document.variant.map { "-" + $0 } ?? "" }

  /// The files to write; the suffix stands before the ending.
  func outputs(_ findings: inout Findings) -> [String] {
    var seen: Set<String> = []
    for output in document.film.outputs where !seen.insert(output.file.value).inserted {
      findings.error(
        "KR0325", "`\(output.file.value)` is an output twice", at: output.file.span)
    }
    return files.map(\.path)
  }

  /// Where the film is written when the author names no place for it.
  var usual: String { "films/\(filmName).mp4" }

  /// The files to write, each with the place that names it; the default has none.
  var files: [(path: String, span: SourceSpan?)] {
    if document.film.outputs.isEmpty { return [(usual, nil)] }
    return document.film.outputs.map { (withSuffix($0.file.value), $0.file.span) }
  }

  private func withSuffix(_ path: String) -> String {
    let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    guard let dot = path[name...].lastIndex(of: "."), dot > name else { return path + suffix }
    return path[..<dot] + suffix + path[dot...]
  }
}
