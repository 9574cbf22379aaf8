extension Explanation {
  /// Codes of the page's part “The text”.
  static let text: [Explanation] = [
    .init(
      "KR0001", "The file has more than 16 MiB.",
      "Split it into several pipelines."),
    .init(
      "KR0002", "The file is not UTF-8.",
      "Save it as UTF-8."),
    .init(
      "KR0003", "An invisible control character stands in the file.",
      "Delete it; end lines with a line feed."),
    .init(
      "KR0004", "The text is no YAML.",
      "Mend the quote, bracket or indentation that the message names."),
    .init(
      "KR0005", "A tab indents a line.",
      "Indent with spaces."),
    .init(
      "KR0006", "A second YAML document begins.",
      "Move it to a file of its own."),
    .init(
      "KR0007", "The file is empty.",
      "`keyreel new DIR` writes a commented pipeline to start from."),
    .init(
      "KR0008", "Lists and mappings stand in one another more than 64 deep.",
      "Look for a doubled bracket."),
    .init(
      "KR0009", "Aliases stand for more than a million values.",
      "Write fewer aliases of aliases."),
    .init(
      "KR0010", "An alias names no anchor above it, or the value that it stands in.",
      "Define the anchor first, or write the value out."),
    .init(
      "KR0011", "A key stands twice in one mapping.",
      "Keep one of them; both places are shown."),
    .init(
      "KR0012", "A key is a list, a mapping or an alias.",
      "Write the key out as text."),
    .init(
      "KR0013", "`<<` names something that is no mapping.",
      "Name an anchored mapping: `<<: *name`."),
    .init(
      "KR0014", "A value has a YAML tag.",
      "Delete it; put text that begins with `!` in quotes."),
    .init(
      "KR0015", "There are more than 500 mistakes.",
      "Correct the first ones."),
  ]
}
