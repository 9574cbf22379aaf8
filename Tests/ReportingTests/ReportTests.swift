import Foundation
import KeyreelCore
import KeyreelTesting
import Synchronization
import SystemPackage
import Testing

@testable import Reporting

@Suite("Reports")
struct ReportTests {
  /// The files of the folder `Golden`; `KEYREEL_RECORD=1` writes them anew.
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden")

  private static func compare(_ bytes: [UInt8], with name: String) throws {
    let file = folder.appending(path: name)
    if ProcessInfo.processInfo.environment["KEYREEL_RECORD"] == "1" {
      try Data(bytes).write(to: file)
    }
    let expected = try Data(contentsOf: file)
    #expect(
      Data(bytes) == expected,
      "\(name) is not what it was; look at it, then record it with KEYREEL_RECORD=1")
  }

  /// The style and the script change with the looks; the golden file holds what is told.
  private static func withoutLooks(_ page: [UInt8]) -> [UInt8] {
    var text = String(decoding: page, as: UTF8.self)
    for part in [PackageResources.report_css, PackageResources.report_js] {
      text = text.replacingOccurrences(of: String(decoding: part, as: UTF8.self), with: "…")
    }
    let digests = try? NSRegularExpression(pattern: "sha256-[A-Za-z0-9+/=]+")
    text =
      digests?.stringByReplacingMatches(
        in: text, range: NSRange(text.startIndex..., in: text), withTemplate: "sha256-…") ?? text
    return Array(text.replacingOccurrences(of: "><", with: ">\n<").utf8)
  }

  @Test("A run with a failure looks as it is known to look, in every form")
  func golden() throws {
    let sources = sampleSources()
    let document = ReportBuilder(sources).document
    try Self.compare(
      Self.withoutLooks(ReportHTML(document, media: sources.media).bytes), with: "report.html.txt")
    try Self.compare(ReportJSON(document).bytes, with: "report.json")
    try Self.compare(Array(ReportMarkdown(document).text.utf8), with: "report.md")
    try Self.compare(JUnitReport(document).bytes, with: "report.junit.xml")
  }

  @Test("The JSON of runs, plans and previews is what the schema says, and reads back")
  func schema() throws {
    let documents = [
      ReportBuilder(sampleSources()).document, ReportBuilder(sampleSources(on: animatic)).document,
      ReportBuilder(ReportSources(tool: "1", forecast: sampleForecast())).document,
      ReportBuilder(longSources(3)).document,
    ]
    let texts = documents.map { ReportJSON($0).bytes }
    let complaints = try SchemaCheck.complaints(of: texts, against: "report.schema.json")
    #expect(complaints == texts.map { _ in "" })
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    for (document, text) in zip(documents, texts) {
      #expect(try decoder.decode(ReportDocument.self, from: Data(text)) == document)
    }
  }

  @Test("Nothing that an author writes becomes markup")
  func hostility() throws {
    let sources = sampleSources()
    let document = ReportBuilder(sources).document
    let page = String(
      decoding: ReportHTML(document, media: sources.media).bytes, as: UTF8.self)
    #expect(page.contains("&lt;script&gt;alert(1)"))
    #expect(!page.contains("<script>alert") && !page.contains("<img src=x"))
    #expect(!page.contains("\u{1B}"))
    let markdown = ReportMarkdown(document).text
    #expect(!markdown.contains("<script") && !markdown.contains("@everyone"))
    let file = TemporaryFile()
    defer { file.remove() }
    try Data(JUnitReport(document).bytes).write(to: URL(filePath: file.path.string))
    // Throws with what the parser says when it is no XML.
    _ = try ChildProcess.run([
      Checkout.python, "-c", "import sys, xml.dom.minidom as d; d.parse(sys.argv[1])",
      file.path.string,
    ])
  }

  @Test("JUnit has a case for each segment: made passes, reused is skipped, failed tells the cause")
  func junit() throws {
    let text = String(
      decoding: JUnitReport(ReportBuilder(sampleSources()).document).bytes, as: UTF8.self)
    #expect(text.contains(#"tests="2" failures="1" skipped="0""#))
    #expect(text.contains(#"type="generation-refused""#) && text.contains("change the prompt"))
    var reused = sampleSources()
    reused.runs = []
    let again = String(decoding: JUnitReport(ReportBuilder(reused).document).bytes, as: UTF8.self)
    #expect(again.contains(#"<skipped message="in the store: in the store">"#))
    #expect(again.contains(#"failures="0" skipped="2""#))
  }

  @Test("Markdown keeps its limit, tells failures first and counts what it leaves out")
  func markdownLimit() throws {
    var sources = longSources(1000)
    let segment = sources.forecast.plan.films[0].segments[900]
    var run = RunRecord(begun: "2026-11-22T10:00:00Z", backend: paid, tool: "1")
    var take = TakeRecord(TakeName(film: "lake-day", segment: segment.id, take: 1))
    take.outcome = .failed
    take.failure = FailureRecord(code: "network", message: "the line went dead")
    run.takes = [take]
    sources.runs = [run]
    let document = ReportBuilder(sources).document
    for limit in [64 << 10, 8 << 10, 1 << 10] {
      let text = ReportMarkdown(document, limit: limit).text
      #expect(text.utf8.count <= limit)
      #expect(text.contains("1000 clips by"))
    }
    let text = ReportMarkdown(document).text
    #expect(text.contains("the line went dead"))
    let rows = text.split(separator: "\n").count { $0.hasPrefix("| ") && $0.contains("valley/") }
    #expect(rows > 200)
    #expect(text.contains("\(1000 - rows) more rows"))
  }

  @Test("The critical path leads from the last end back through what was waited for")
  func criticalPath() {
    func lane(_ label: String, _ start: Int, _ end: Int) -> ReportDocument.Run.Lane {
      .init(
        label: label, isFilm: false, outcome: .made,
        phases: [.init(.rendering, from: start, to: end)], isCritical: false)
    }
    // Two at a time: `c` waits for `a`'s place, `d` starts from the last frame of `b`.
    var lanes = [lane("a", 0, 10), lane("b", 0, 8), lane("c", 10, 15), lane("d", 10, 30)]
    CriticalPath.mark(&lanes, before: ["d": "b"])
    #expect(lanes.filter(\.isCritical).map(\.label) == ["b", "d"])
    lanes = [lane("a", 0, 10), lane("b", 0, 8), lane("c", 10, 15), lane("d", 10, 30)]
    CriticalPath.mark(&lanes, before: [:])
    #expect(lanes.filter(\.isCritical).map(\.label) == ["a", "d"])
  }

  @Test("A recorder notes how long each stage took, whoever else reports at the same time")
  func recorder() {
    let clock = Mutex(ContinuousClock.now)
    let recorder = RunRecorder(
      begun: "2026-11-22T10:00:00Z", backend: paid, tool: "1", now: { clock.withLock { $0 } })
    func after(_ milliseconds: Int, _ event: RunEvent) {
      clock.withLock { $0 += .milliseconds(milliseconds) }
      recorder.report(event)
    }
    let name = TakeName(film: "f", segment: "a/b-c", take: 1)
    after(5, .takeStarted(name, frames: 30))
    after(10, .takeProgress(name, .queued(position: 3)))
    after(20, .takeProgress(name, .queued(position: 1)))
    after(30, .takeProgress(name, .rendering(done: 1, of: 30)))
    after(40, .takeProgress(name, .downloading(bytes: 1, of: nil)))
    after(50, .takeFailed(name, OperationError(.network, "gone", remedy: "wait")))
    let take = recorder.record.takes[0]
    #expect(
      take.phases == [
        .init(.preparing, from: 5, to: 15), .init(.queued, from: 15, to: 65),
        .init(.rendering, from: 65, to: 105), .init(.downloading, from: 105, to: 155),
      ])
    #expect(take.outcome == .failed && take.failure?.remedy == "wait")
    #expect(recorder.record.milliseconds == 155)
  }
}
