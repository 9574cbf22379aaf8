extension Explanation {
  /// Codes of the page's part “Lock files”.
  static let locks: [Explanation] = [
    .init(
      "KR0601", "A lock cannot be read.",
      "Lock the segment again."),
    .init(
      "KR0602", "A segment is locked twice for one sort of maker.",
      "Keep one of them; both places are shown."),
    .init(
      "KR0604", "The pipeline has no such film or segment. (warning)",
      "Write its new name, or unlock it."),
  ]
}
