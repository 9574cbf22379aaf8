import Foundation
import KeyreelCore
import Testing

@testable import PipelineLanguage

@Suite("Documentation and examples")
struct DocumentationTests {
  /// A fenced YAML block of a page.
  struct Block: CustomTestStringConvertible {
    var page: URL
    var line: Int
    var text: String
    var testDescription: String { "\(page.lastPathComponent):\(line)" }
  }

  static let blocks: [Block] = {
    let pages =
      Repository.files(below: Repository.root.appending(path: "docs"), ending: "md")
      + [Repository.root.appending(path: "README.md")]
      + Repository.files(below: Repository.root.appending(path: "examples"), ending: "md")
    return pages.flatMap { blocks(of: $0) }
  }()

  static let pipelines = ["pipelines", "examples"].flatMap {
    Repository.files(below: Repository.root.appending(path: $0), ending: "yaml")
      // A drill's script is no pipeline.
      .filter { $0.lastPathComponent != "faults.yaml" }
  }

  private static func blocks(of page: URL) -> [Block] {
    guard let text = try? String(contentsOf: page, encoding: .utf8) else { return [] }
    var blocks: [Block] = []
    var open: Block?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if let block = open {
        if line.hasPrefix("```") {
          blocks.append(block)
          open = nil
        } else {
          open?.text += line + "\n"
        }
      } else if line.hasPrefix("```yaml") {
        open = Block(page: page, line: index + 2, text: "")
      }
    }
    return blocks
  }

  @Test("The reference has a block for each part of the language")
  func count() {
    #expect(Self.blocks.filter { $0.page.lastPathComponent == "language.md" }.count >= 8)
  }

  /// Blocks that say `keyreel:` are pipelines; others are parts of them, or YAML of other tools.
  @Test("Every YAML block of the documentation is sound", arguments: blocks)
  func block(_ block: Block) {
    guard block.text.contains("keyreel:") else {
      var log = DiagnosticLog(file: block.page.lastPathComponent)
      let root = Composer.compose(Array(block.text.utf8), &log)
      #expect(root != nil && !log.hasErrors, "\(block.testDescription) is no YAML")
      return
    }
    let loaded = load(block.text)
    #expect(!loaded.hasErrors && !loaded.documents.isEmpty, "\(render(loaded))")
  }

  @Test("Every pipeline of the repository loads", arguments: pipelines)
  func pipeline(_ file: URL) throws {
    let path = file.path.dropFirst(Repository.root.path.count).drop { $0 == "/" }
    let loaded = PipelineLoader(path: String(path), displayPath: String(path))
      .load(Array(try Data(contentsOf: file)))
    #expect(!loaded.hasErrors && !loaded.documents.isEmpty, "\(render(loaded))")
  }

  @Test("Every diagnostic code of the sources is explained")
  func codes() throws {
    let page = Repository.root.appending(path: "docs/diagnostics.md")
    let explained = try String(contentsOf: page, encoding: .utf8)
    let pattern = try Regex("\"(KR[0-9]{4})\"")
    for file in Repository.files(below: Repository.root.appending(path: "Sources"), ending: "swift")
    {
      let source = try String(contentsOf: file, encoding: .utf8)
      for match in source.matches(of: pattern) {
        let code = String(source[match.range].dropFirst().dropLast())
        let isThere = explained.contains("| \(code) |")
        #expect(isThere, "\(code) of \(file.lastPathComponent) is not in docs/diagnostics.md")
      }
    }
  }

  @Test("Every key of the language stands in the reference")
  func keys() throws {
    let page = Repository.root.appending(path: "docs/language.md")
    let reference = try String(contentsOf: page, encoding: .utf8)
    for name in PipelineSchema.keyNames {
      let isThere = reference.contains(name)
      #expect(isThere, "`\(name)` is not in docs/language.md")
    }
  }
}
