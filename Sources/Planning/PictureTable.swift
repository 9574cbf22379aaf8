import KeyreelCore

/// A picture of the pipeline with what is known of it.
struct ResolvedPicture {
  let name: String
  let source: PictureSource
  /// Where the source is written.
  let span: SourceSpan
  let fit: Fit?
  let focus: Focus?
  let fact: PictureFact

  /// Where its pixels come from, as recipes say it.
  var origin: PictureRecipe.Origin {
    if case .video = source { return .videoFrame(fact.digest, index: fact.frame ?? 0) }
    return .still(fact.digest)
  }
}

/// Looks up the pictures that keyframes name.
struct PictureTable {
  private let facts: SourceFacts
  private var named: [String: ResolvedPicture?] = [:]
  private var names: [String] = []

  /// Resolves every row of the document's table, used or not, and tells what is wrong with it.
  init(_ document: PipelineDocument, facts: SourceFacts, _ findings: inout Findings) {
    self.facts = facts
    for row in document.keyframes {
      names.append(row.name.value)
      named.updateValue(
        picture(
          named: row.name.value, row.picture.source, fit: row.picture.fit?.value,
          focus: row.picture.focus?.value, &findings), forKey: row.name.value)
    }
  }

  /// The picture that `stop` shows; `nil`, with an error told, when there is none.
  func picture(
    of stop: PipelineDocument.Stop, _ findings: inout Findings
  ) -> ResolvedPicture? {
    switch stop.subject.value {
    case .named(let name):
      guard let picture = named[name] else {
        findings.error(
          "KR0320", "there is no keyframe called `\(name)`", at: stop.subject.span,
          suggestion: (findings.wantsAdvice ? Spelling.suggestion(for: name, among: names) : nil)
            ?? "add it to `keyframes:`; a path has a `/` or a `.`")
        return nil
      }
      return picture
    case .picture(let source):
      return picture(
        named: source.stem, stop.subject.map { _ in source }, fit: nil, focus: nil, &findings)
    }
  }

  private func picture(
    named name: String, _ source: Written<PictureSource>, fit: Fit?, focus: Focus?,
    _ findings: inout Findings
  ) -> ResolvedPicture? {
    switch facts.entries[.picture(source.value)] {
    case .success(.picture(let fact))?:
      return ResolvedPicture(
        name: name, source: source.value, span: source.span, fit: fit, focus: focus, fact: fact)
    case .success?:
      findings.error("KR0402", "`\(source.value.path)` is not a picture", at: source.span)
    case .failure(let problem)?:
      findings.error(
        problem.code, problem.message, at: source.span, suggestion: problem.suggestion)
    case nil:
      findings.error("KR0400", "nothing is known of `\(source.value.path)`", at: source.span)
    }
    return nil
  }
}

extension PictureSource {
  /// The path or address.
  var path: String {
    switch self {
    case .file(let path), .video(let path, _), .url(let path, _): path
    }
  }

  /// The file's name without folders and ending, for keyframes that have no name of their own.
  var stem: String {
    var name = Substring(path)
    if case .url = self { name = name.prefix { $0 != "?" && $0 != "#" } }
    name = name.split(separator: "/").last ?? "picture"
    if let dot = name.lastIndex(of: "."), dot > name.startIndex { name = name[..<dot] }
    return String(name)
  }
}
