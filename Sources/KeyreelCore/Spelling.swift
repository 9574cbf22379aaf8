/// Finds what a misspelt word was meant to be.
///
/// One slip is forgiven in words of up to four characters, two in words of up to eight, three in longer
/// ones; a slip is a character too many, too few, wrong, or swapped with its neighbour. Case is no slip.
/// Only the first 64 characters count.
public enum Spelling {
  /// The candidate nearest to `word`, if any is near enough to be meant; ties go to the first.
  public static func nearest(to word: String, among candidates: some Swift.Sequence<String>)
    -> String?
  {
    let written = Array(word.lowercased().unicodeScalars.prefix(64))
    let allowed = written.count < 5 ? 1 : written.count < 9 ? 2 : 3
    var best: (word: String, distance: Int)?
    // A character has at most four bytes, and a long word only counts to its 64th.
    let longest = 4 * (written.count + allowed)
    for candidate in candidates where candidate != word {
      guard candidate.utf8.count <= longest || written.count > 60 else { continue }
      let other = Array(candidate.lowercased().unicodeScalars.prefix(64))
      guard abs(other.count - written.count) <= allowed else { continue }
      let distance = distance(written, other)
      guard distance <= min(allowed, max(other.count, written.count) - 1) else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
  }

  /// `` did you mean `prompt`? ``, if there is a near candidate.
  public static func suggestion(
    for word: String, among candidates: some Swift.Sequence<String>
  ) -> String? {
    nearest(to: word, among: candidates).map { "did you mean `\($0)`?" }
  }

  /// Damerau–Levenshtein distance, restricted to swaps of neighbours.
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in 1...left.count {
      var current = [row] + [Int](repeating: 0, count: right.count)
      for column in 1...right.count {
        let same = left[row - 1] == right[column - 1]
        current[column] = min(
          last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2],
          left[row - 2] == right[column - 1]
        {
          current[column] = min(current[column], beforeLast[column - 2] + 1)
        }
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
