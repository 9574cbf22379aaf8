import Foundation
import KeyreelCore
import Testing

@testable import PipelineLanguage

@Suite("Broken pipelines")
struct BrokenTests {
  static let files = Repository.files(below: Repository.broken, ending: "yaml")

  @Test("The golden corpus has at least eighty kinds of mistakes")
  func count() { #expect(Self.files.count >= 80) }

  @Test("Each mistake is told once, with its place and what to do", arguments: files)
  func golden(_ file: URL) throws {
    let loaded = PipelineLoader(path: "pipelines/film.yaml", displayPath: "film.yaml")
      .load(Array(try Data(contentsOf: file)))
    let told = render(loaded)
    let expected = file.deletingPathExtension().appendingPathExtension("txt")
    if ProcessInfo.processInfo.environment["KEYREEL_RECORD"] == "1" {
      try Data(told.utf8).write(to: expected)
    }
    #expect(told == (try? String(contentsOf: expected, encoding: .utf8)))
    #expect(!loaded.diagnostics.isEmpty, "a broken file must be told to be broken")
    for diagnostic in loaded.diagnostics {
      #expect(diagnostic.suggestion?.isEmpty == false, "\(diagnostic.message)")
      #expect(!diagnostic.message.hasSuffix("."))
      #expect(DiagnosticCode(rawValue: diagnostic.code) != nil)
    }
  }

  @Test("Places lie inside the file that they are about", arguments: files)
  func places(_ file: URL) throws {
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for span in load(text).diagnostics.compactMap(\.span) {
      #expect(lines.indices.contains(span.start.line - 1))
      #expect(span.start.column - 1 <= lines[span.start.line - 1].unicodeScalars.count)
      #expect(span.start <= span.end)
    }
  }
}
