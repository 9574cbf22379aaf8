import Foundation
import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@testable import Reporting

@Suite("What code hosts are told")
struct CodeHostTests {
  private func diagnostic(
    _ number: Int, _ severity: Diagnostic.Severity = .error, line: Int? = 3
  ) -> Diagnostic {
    let span = line.map {
      SourceSpan(start: .init(line: $0, column: 5), end: .init(line: $0, column: 9))
    }
    return Diagnostic(
      severity, "KR0020", "there is no key `a\(number)`: 50%,\r\n::error::x", file: "a,b:c%.yaml",
      at: span, suggestion: "delete it")
  }

  @Test("An annotation cannot be left by what stands in a pipeline")
  func escaping() {
    let text = AnnotationLines([diagnostic(1)]).text
    #expect(
      text == "::error file=a%2Cb%3Ac%25.yaml,line=3,col=5,endColumn=8,title=Keyreel KR0020::"
        + "there is no key `a1`: 50%25,%0D%0A::error::x%0Ahelp: delete it\n")
    #expect(!AnnotationLines([diagnostic(1, line: nil)]).text.contains("line="))
  }

  @Test(
    "Ten of a kind are shown, errors first, and the rest is counted", arguments: [9, 10, 11, 500])
  func limit(count: Int) {
    let warnings = (0..<count).map { diagnostic($0, .warning) }
    let lines = AnnotationLines(warnings + [diagnostic(7)]).text.split(separator: "\n")
    #expect(lines.first?.hasPrefix("::error ") == true)
    #expect(lines.count == 1 + min(count, 10))
    #expect(
      lines.last?.hasSuffix("and \(count - 9) more warnings; the log has all") == (count > 10))
  }

  @Test("SARIF and GitLab's report keep a finding's name when lines above it come and go")
  func fingerprints() throws {
    func prints(_ line: Int, _ count: Int) throws -> [String] {
      let findings = (0..<count).map { _ in diagnostic(1, line: line) }
      let tree =
        try JSONSerialization.jsonObject(
          with: Data(SARIFReport(findings, version: "1").bytes)) as? [String: Any]
      let run = try #require((tree?["runs"] as? [[String: Any]])?.first)
      let results = try #require(run["results"] as? [[String: Any]])
      return results.compactMap {
        ($0["partialFingerprints"] as? [String: String])?["keyreel/v1"]
      }
    }
    #expect(try prints(3, 2) == prints(90, 2))
    #expect(Set(try prints(3, 5)).count == 5)
    let quality =
      try JSONSerialization.jsonObject(
        with: Data(CodeQualityReport([diagnostic(1), diagnostic(1)]).bytes)) as? [[String: Any]]
    #expect(quality?.count == 2)
    #expect(quality?.first?["fingerprint"] as? String != quality?.last?["fingerprint"] as? String)
  }

  @Test("Every code of the sources is explained, and the page says the same as the program")
  func explained() throws {
    let root = URL(filePath: Checkout.root.string)
    let page = try String(contentsOf: root.appending(path: "docs/diagnostics.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| KR") }.map(String.init)
    #expect(rows == Explanation.all.map { "| \($0.code) | \($0.meaning) | \($0.remedy) |" })
    #expect(Set(Explanation.all.map(\.code)).count == Explanation.all.count)
    let known = Set(Explanation.all.map(\.code))
    let pattern = try Regex("\"(KR[0-9]{4})\"")
    let files = FileManager.default.enumerator(
      at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
    var found = 0
    for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
      let source = try String(contentsOf: file, encoding: .utf8)
      for match in source.matches(of: pattern) {
        let code = String(source[match.range].dropFirst().dropLast())
        found += 1
        #expect(known.contains(code), "\(code) of \(file.lastPathComponent)")
      }
    }
    #expect(found > 150)
    for name in ["KR0012", "kr12", "12", "0012"] { #expect(Explanation.of(name)?.code == "KR0012") }
    for name in ["KR9999", "", "KR", "-12"] { #expect(Explanation.of(name) == nil) }
  }

  @Test("A thousand segments stay below what a comment may have, and nobody is called by name")
  func size() {
    let change = PlanDiff.Change(
      "request.prompt", from: String(repeating: "a | b ` @everyone\n", count: 30),
      to: String(repeating: "a | c <script>", count: 30))
    let segments = (0..<1000).map { number in
      PlanDiff.Segment(
        id: "sequence-with-a-long-name/\(number)-\(number + 1)",
        status: number % 2 == 0 ? .changed : .unchanged, changes: [change],
        old: .init(frames: 240, cost: .free), new: .init(frames: 241, cost: .free),
        isReused: false)
    }
    let side = PlanDiff.Side(
      name: "film.yaml", backend: "fal@queue.fal.run", isPriced: true, currency: "USD",
      frames: 240_000, length: .seconds(8000), cost: .free, unpaid: .free, listPrice: .free)
    let film = PlanDiff.Film(
      name: "film", status: .changed,
      changes: (0..<1000).map { .init("label \($0): hold_after", from: "0", to: "9") },
      sequences: [], segments: segments)
    let diff = PlanDiff(old: side, new: side, changes: [change], films: [film])
    for text in [DiffMarkdown(diff).text, DiffMarkdown(diff, marker: "x --> y").text] {
      #expect(text.utf8.count < 64 << 10)
      #expect(text.contains("more segments") && text.contains("changes more"))
      // Everything that an author wrote stands between marks of code.
      for line in text.split(separator: "\n") where line.contains("@everyone") {
        let parts = line.replacing("\\|", with: "").split(
          separator: "`", omittingEmptySubsequences: false)
        let outside = stride(from: 0, to: parts.count, by: 2).map { parts[$0] }
        #expect(!outside.contains { $0.contains("@") || $0.contains("<script") }, "\(line)")
      }
    }
    #expect(DiffMarkdown(diff, marker: "x --> y").text.hasPrefix("<!-- keyreel x - - y -->\n"))
    #expect(DiffMarkdown(diff, marker: "x").text.hasSuffix("</details>\n"))
    var forecast = sampleForecast(on: paid)
    let segment = forecast.plan.films[0].segments[0]
    forecast.plan.films[0].segments = Array(repeating: segment, count: 1000)
    forecast.steps[0] = Array(repeating: [.init(.generate, reason: "new")], count: 1000)
    let plan = PlanMarkdown(forecast, named: "film.yaml").text
    #expect(plan.utf8.count < 64 << 10)
    #expect(plan.contains("| `valley/dawn-noon` | 240 | $0.2664 | generate | `new` |"))
  }
}
