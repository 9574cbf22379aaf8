import KeyreelCore
import KeyreelTesting
import Testing

@testable import Review

@Suite("What only a program's own documents can break")
struct PolicyJudgeTests {
  private func span(_ line: Int) -> SourceSpan {
    SourceSpan(start: .init(line: line, column: 1), end: .init(line: line, column: 9))
  }

  /// A document with the stills of `sources`, as a program may build it without any file.
  private func document(_ sources: [PictureSource]) -> PipelineDocument {
    var document = PipelineDocument(
      path: "film.yaml", displayPath: "film.yaml", digest: Digest.of("film"), name: "film")
    document.keyframes = sources.enumerated().map { index, source in
      .init(
        name: Written("k\(index)", at: span(index + 1)),
        picture: .init(source: Written(source, at: span(index + 1))))
    }
    return document
  }

  @Test("A still on the web without a digest is found at its place, as an error or a warning")
  func pinned() throws {
    let plan = try DifferTests().plan([("a", ["x"])])
    let unpinned = document([
      .file("stills/a.png"), .url("https://example.org/a.png", digest: Digest.of("a")),
      .url("https://example.org/b.png", digest: nil),
    ])
    for (level, severity) in [
      (Policy.Level.deny, Diagnostic.Severity.error), (.warn, .warning),
    ] {
      var policy = Policy(file: "policy.yaml")
      policy.pinnedURLs = .init(true, level, at: span(2))
      let findings = PolicyJudge(policy, on: plan, documents: [unpinned], file: "film.yaml")
        .findings
      #expect(findings.map(\.code) == ["KR0707"] && findings.map(\.severity) == [severity])
      #expect(findings.first?.span?.start.line == 3)
      // A saved plan was made of a file, in which every still is pinned.
      #expect(PolicyJudge(policy, on: plan, documents: nil, file: "a.plan.json").findings.isEmpty)
    }
  }
}
