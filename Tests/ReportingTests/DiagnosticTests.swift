import KeyreelCore
import Reporting
import Testing

@Suite struct DiagnosticTests {
  private func span(_ line: Int, _ from: Int, _ to: Int) -> SourceSpan {
    SourceSpan(start: .init(line: line, column: from), end: .init(line: line, column: to))
  }

  private func text(
    _ source: String, _ span: SourceSpan?, notes: [Diagnostic.Note] = [], width: Int = 80
  ) -> String {
    DiagnosticRenderer(sources: ["film.yaml": source], style: TextStyle(width: width)).text(
      for: Diagnostic(
        .error, "KR0301", "`strenght` is not a setting", file: "film.yaml", at: span,
        suggestion: "did you mean `strength`?", notes: notes))
  }

  @Test("Place, message, source line, mark, notes and help")
  func whole() {
    let source = "keyreel: 1\ndefaults:\n  strenght: 0.5\n"
    #expect(
      text(
        source, span(3, 3, 11),
        notes: [.init("it has prompt, strength"), .init("opened here", at: span(2, 1, 9))]) == """
          film.yaml:3:3: error[KR0301]: `strenght` is not a setting
              3 |   strenght: 0.5
                |   ^~~~~~~~
            note: it has prompt, strength
            note: opened here
              2 | defaults:
                | ^~~~~~~~
            help: did you mean `strength`?

          """)
  }

  @Test("The mark stands right behind tabs, wide and combining characters")
  func columns() {
    func mark(_ source: String, _ from: Int, _ to: Int) -> [Substring] {
      Array(text(source, span(1, from, to)).split(separator: "\n")[1...2])
    }
    #expect(mark("\tseed: x", 8, 9) == ["    1 |   seed: x", "      |         ^"])
    #expect(mark("日本: x", 5, 6) == ["    1 | 日本: x", "      |       ^"])
    #expect(mark("日本: x", 1, 3) == ["    1 | 日本: x", "      | ^~~~"])
    #expect(
      mark("e\u{301}te\u{301}: x", 8, 9) == ["    1 | e\u{301}te\u{301}: x", "      |      ^"])
    #expect(mark("a: \u{1B}[2Jx\r", 4, 5) == ["    1 | a: \u{FFFD}[2Jx", "      |    ^"])
  }

  @Test("A long line slides until the mark is in view")
  func longLines() {
    let source = String(repeating: "x", count: 500) + " here " + String(repeating: "y", count: 500)
    let lines = text(source, span(1, 502, 506), width: 60).split(separator: "\n")
    #expect(lines[1].unicodeScalars.count <= 60)
    #expect(lines[1].contains("here") && lines[1].hasSuffix("…") && lines[1].contains("| …"))
    let column = lines[2].firstIndex(of: "^").map {
      lines[2].distance(from: lines[2].startIndex, to: $0)
    }
    let place = lines[1].firstRange(of: "here").map {
      lines[1].distance(from: lines[1].startIndex, to: $0.lowerBound)
    }
    #expect(column == place && column != nil)
  }

  @Test("Places that the text does not have are told without a quote")
  func oddPlaces() {
    #expect(text("a\n", nil).hasPrefix("film.yaml: error[KR0301]: "))
    for odd in [span(9, 1, 2), span(0, 0, 0), span(1, 99, 120), span(1, 3, 1), span(2, 1, 1)] {
      #expect(text("ab\n", odd).contains("error[KR0301]"))
    }
    let across = SourceSpan(start: .init(line: 1, column: 2), end: .init(line: 2, column: 3))
    #expect(text("abc\ndef", across).contains("      |  ^~\n"))
  }

  @Test("Fifteen warnings of one kind do not hide the one of another, and no error is left out")
  func folded() {
    func warning(_ code: String, _ line: Int) -> Diagnostic {
      Diagnostic(.warning, code, "hm", file: "a", at: span(line, 1, 2))
    }
    let small = (1...15).map { warning("KR0421", $0) }
    let errors = (1...15).map { Diagnostic(.error, "KR0401", "no", file: "a", at: span($0, 1, 2)) }
    let text = DiagnosticRenderer(sources: [:]).text(for: small + [warning("KR0422", 99)] + errors)
    #expect(text.split(separator: "KR0421").count - 1 == 3)
    #expect(text.contains("a:3:1: warning[KR0421]: hm\n  and 12 more like this\n\na:99:1: "))
    #expect(text.split(separator: "KR0401").count - 1 == 15)
    #expect(text.hasSuffix("\n15 errors, 16 warnings\n"))
    let four = DiagnosticRenderer(sources: [:]).text(for: Array(small.prefix(4)))
    #expect(four.split(separator: "KR0421").count - 1 == 4 && !four.contains("more like this"))
  }

  @Test("Many diagnostics end with their count")
  func counts() {
    let renderer = DiagnosticRenderer(sources: [:])
    let error = Diagnostic(.error, "KR0001", "no", file: "a", at: nil)
    let warning = Diagnostic(.warning, "KR0420", "hm", file: "a", at: nil)
    #expect(renderer.text(for: [error, error, warning]).hasSuffix("\n2 errors, 1 warning\n"))
    #expect(renderer.text(for: []) == "")
  }
}
