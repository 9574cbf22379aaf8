import Foundation
import KeyreelCore

@testable import PipelineLanguage

/// Folders of the repository, found from this file.
enum Repository {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let broken = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Broken")

  /// Files below `folder` with this ending, sorted; none when the folder is missing.
  static func files(below folder: URL, ending: String) -> [URL] {
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == ending }
      .sorted { $0.path < $1.path }
  }
}

/// Loads `text` as `pipelines/film.yaml`.
func load(_ text: String, outside: Bool = false) -> LoadedPipeline {
  PipelineLoader(
    path: "pipelines/film.yaml", displayPath: "film.yaml", allowsOutside: outside
  ).load(Array(text.utf8))
}

/// Loads two sequences' worth of boilerplate around `sequence`, the text of one sequence.
func load(sequence: String) -> LoadedPipeline {
  load(
    "keyreel: 1\nsequences:\n  - \(sequence.split(separator: "\n").joined(separator: "\n    "))\n")
}

/// All diagnostics, one a line: `line:column: severity[code]: message (suggestion)`.
func render(_ loaded: LoadedPipeline) -> String {
  func place(_ span: SourceSpan?) -> String {
    span.map { "\($0.start.line):\($0.start.column)-\($0.end.line):\($0.end.column)" } ?? "-"
  }
  return loaded.diagnostics.map { diagnostic in
    let head = "\(place(diagnostic.span)): \(diagnostic.severity)[\(diagnostic.code)]"
    let tail = diagnostic.suggestion.map { " (\($0))" } ?? ""
    let notes = diagnostic.notes.map { "  note \(place($0.span)): \($0.message)\n" }.joined()
    return "\(head): \(diagnostic.message)\(tail)\n\(notes)"
  }.joined()
}

/// A small deterministic generator (SplitMix64), so that a failing sample can be repeated.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// How many samples to take: `usual`, or many more when `KEYREEL_TORTURE` is set (a number sets how many).
func samples(_ usual: Int) -> Int {
  guard let asked = ProcessInfo.processInfo.environment["KEYREEL_TORTURE"] else { return usual }
  let number = Int(asked) ?? 1
  return number > 1 ? max(usual, number) : usual * 20
}
