public import KeyreelCore

/// Writes digests of stills on the web into pipeline files, leaving all else as it is.
public enum DigestPin {
  /// `text` with `sha256: …` behind every `url: …` of `url` that has none yet.
  ///
  /// Comments, blanks and line ends stay. Returns `nil` when no such place is there: the file does
  /// not name the address, all of its places have a digest, or the file is no YAML.
  public static func pinSHA256(in text: String, url: String, digest: Digest) -> String? {
    var log = DiagnosticLog(file: "")
    guard let root = Composer.compose(Array(text.utf8), &log), !log.hasErrors else { return nil }
    var places: Set<Place> = []
    collect(root, url, &places)
    guard !places.isEmpty else { return nil }
    var lines = split(text)
    // From the end, so that places before stay where they are.
    for place in places.sorted(by: { $1.end < $0.end }) { insert(digest, at: place, &lines) }
    return lines.joined()
  }

  private struct Place: Hashable {
    var column: Int
    var end: SourceSpan.Place
    var style: Node.Style
  }

  private static func collect(_ node: Node, _ url: String, _ places: inout Set<Place>) {
    for item in node.items ?? [] { collect(item, url, &places) }
    for entry in node.entries ?? [] { collect(entry.value, url, &places) }
    guard let entry = node.entry("url"), entry.value.scalar?.word == url,
      node.entry("sha256") == nil
    else { return }
    places.insert(
      Place(column: entry.key.span.start.column, end: entry.value.span.end, style: node.style))
  }

  /// The lines with their line ends.
  private static func split(_ text: String) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      line.append(scalar)
      guard scalar == "\n" else { continue }
      lines.append(String(line))
      line = String.UnicodeScalarView()
    }
    return lines + (line.isEmpty ? [] : [String(line)])
  }

  private static func insert(_ digest: Digest, at place: Place, _ lines: inout [String]) {
    // A block scalar ends at the beginning of the line behind it.
    let index =
      place.end.column == 1 && place.end.line > 1 ? place.end.line - 2 : place.end.line - 1
    guard lines.indices.contains(index) else { return }
    let line = Array(lines[index].unicodeScalars)
    if place.style == .flow {
      var changed = String.UnicodeScalarView()
      changed.append(contentsOf: line.prefix(place.end.column - 1))
      changed.append(contentsOf: ", sha256: \(digest.hex)".unicodeScalars)
      changed.append(contentsOf: line.dropFirst(place.end.column - 1))
      lines[index] = String(changed)
      return
    }
    let ending = line.suffix(2) == ["\r", "\n"] ? "\r\n" : "\n"
    if line.last != "\n" { lines[index] += ending }
    let indent = String(repeating: " ", count: place.column - 1)
    let isLast = index == lines.count - 1 && line.last != "\n"
    lines.insert("\(indent)sha256: \(digest.hex)\(isLast ? "" : ending)", at: index + 1)
  }
}
