import Foundation
import KeyreelCore
import Testing

@testable import PipelineLanguage

@Suite("Damaged files")
struct FuzzTests {
  @Test("Whatever bytes come, loading ends, and what is refused is told with a sound place")
  func bytes() {
    let seeds = [Array(fullPipeline.utf8)] + GeneratedCorpus.seeds.map { Array($0.utf8) }
    for number in 0..<samples(500) {
      var dice = Dice(seed: UInt64(number))
      var bytes = seeds[number % seeds.count]
      for _ in 0..<Int.random(in: 1...8, using: &dice) { mutate(&bytes, &dice) }
      let loaded = PipelineLoader(path: "film.yaml", displayPath: "film.yaml").load(bytes)
      #expect(!loaded.documents.isEmpty || loaded.hasErrors, "sample \(number)")
      for span in loaded.diagnostics.compactMap(\.span) {
        #expect(span.start.line >= 1 && span.start.column >= 1 && span.start <= span.end)
      }
    }
  }

  @Test("Text made of YAML's own signs neither crashes nor hangs")
  func signs() {
    let signs = [
      "[", "]", "{", "}", ":", ",", "- ", "? ", "&a", "*a", "!", "|", ">", "'", "\"",
      "#", "%", "@", "`", "\n", "  ", "\t", "---", "...", "<<", "$(", ")", "key", "1",
    ]
    for number in 0..<samples(500) {
      var dice = Dice(seed: UInt64(number) &+ 77)
      let text = (0..<60).map { _ in signs.randomElement(using: &dice) ?? "" }.joined()
      let loaded = load(text)
      #expect(loaded.hasErrors || !loaded.documents.isEmpty, "\(text)")
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ dice: inout Dice) {
    guard let index = bytes.indices.randomElement(using: &dice) else { return }
    switch Int.random(in: 0..<6, using: &dice) {
    case 0: bytes[index] = UInt8.random(in: 0...255, using: &dice)
    case 1: bytes.insert(UInt8.random(in: 32...126, using: &dice), at: index)
    case 2: bytes.remove(at: index)
    case 3: bytes.removeSubrange(index..<min(bytes.count, index + 20))
    case 4: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 30)], at: index)
    default:
      bytes[index] = Array("[]{}:,-?&*!|>'\"#%@`\n\t $()".utf8).randomElement(using: &dice) ?? 0
    }
  }
}
