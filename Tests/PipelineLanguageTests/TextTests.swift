import Foundation
import KeyreelCore
import Testing

@testable import PipelineLanguage

@Suite("YAML as text")
struct TextTests {
  private func prompt(_ yaml: String) -> ParameterValue? {
    load("keyreel: 1\nprompt: \(yaml)\nsequences: [{keyframes: [a.jpg, b.jpg]}]\n").documents.first?
      .defaults.parameter("prompt")?.value.value
  }

  @Test(
    "Text is text where text is wanted",
    arguments: ["no", "on", "yes", "16:9", "2026-11-22", "1984", "true", "1.10", "0x1F", "12e3"])
  func words(_ word: String) { #expect(prompt(word) == .string(word)) }

  @Test("Block scalars, quotes and escapes give the text that they stand for")
  func styles() {
    #expect(prompt("'it''s'") == .string("it's"))
    #expect(prompt("\"a\\u00fcb\"") == .string("aüb"))
    #expect(prompt("|\n  a\n  b\n") == .string("a\nb\n"))
    #expect(prompt(">-\n  a\n  b\n") == .string("a b"))
    #expect(prompt("! 5") == .string("5"))
  }

  @Test("A parameter keeps the type that it is written with")
  func types() throws {
    let loaded = load(
      """
      keyreel: 1
      prompt: x
      defaults: {a: 1, b: 1.5, c: true, d: "1", e: yes, f: 0x10, g: 1.0, h: .inf}
      sequences: [{keyframes: [a.jpg, b.jpg]}]
      """)
    let parameters = try #require(loaded.documents.first).defaults.parameters.dropLast()
    #expect(
      parameters.map(\.value.value) == [
        .integer(1), .number(1.5), .boolean(true), .string("1"), .string("yes"), .integer(16),
        .number(1), .string(".inf"),
      ])
  }

  @Test("Anchors, aliases and merge keys work, and what is written in place wins")
  func merging() throws {
    let loaded = load(
      """
      keyreel: 1
      prompt: x
      defaults: &base {seed: 1, fit: blur, strength: 0.5}
      sequences:
        - keyframes:
            - keyframe: a.jpg
              next:
                <<: [{seed: 2}, *base]
                strength: 0.7
            - keyframe: b.jpg
              next: *base
            - &last c.jpg
            - *last
      """)
    #expect(render(loaded) == "")
    guard case .keyframes(let chain)? = loaded.documents.first?.sequences.first?.content else {
      Issue.record("no chain")
      return
    }
    let next = chain.stops[0].next
    #expect(next.parameter("seed")?.value.value == .integer(2))
    #expect(next.parameter("strength")?.value.value == .number(0.7))
    #expect(next.fit?.value == .blur)
    #expect(chain.stops[1].next.parameter("seed")?.value.value == .integer(1))
    #expect(chain.stops[3].subject.value == .picture(.file("pipelines/c.jpg")))
    #expect(chain.stops[3].subject.span.start == .init(line: 13, column: 9))
  }

  @Test("Columns count characters, so that a caret stands right behind letters of all scripts")
  func columns() throws {
    let loaded = load("keyreel: 1\nprompt: \"höhe 高さ 🏔\" # 🎬\nfilm: {fit: \"ü\", 山: 1}\n")
    let spans = loaded.diagnostics.compactMap(\.span?.start)
    #expect(spans.contains(.init(line: 3, column: 8)))
    #expect(spans.contains(.init(line: 3, column: 18)))
  }

  @Test("A byte order mark and Windows line ends change nothing")
  func windows() {
    let text = "keyreel: 1\nprompt: a lake\nsequences:\n  - keyframes: [a.jpg, b.jpg]\n"
    let windows = "\u{FEFF}" + text.replacing("\n", with: "\r\n")
    #expect(load(windows).documents.map(\.sequences) == load(text).documents.map(\.sequences))
    #expect(render(load(windows)) == "")
  }

  @Test("Sixty-four levels are read, one more is refused, and aliases do not get around it")
  func depth() {
    func nested(_ depth: Int) -> String {
      "keyreel: 1\nx: " + String(repeating: "[", count: depth)
        + String(repeating: "]", count: depth) + "\n"
    }
    #expect(!render(load(nested(63))).contains("KR0008"))
    #expect(render(load(nested(64))).contains("2:67-2:68: error[KR0008]"))
    var chain = "keyreel: 1\na0: &a0 [[[[[[[[[[x]]]]]]]]]]\n"
    for index in 1...9 {
      chain += "a\(index): &a\(index) [[[[[[[[[[*a\(index - 1)]]]]]]]]]]\n"
    }
    #expect(render(load(chain)).contains("KR0008"))
  }

  @Test("An alias bomb is refused with its place, without being unfolded")
  func bomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for index in 1...40 {
      let aliases = Array(repeating: "*a\(index - 1)", count: 10).joined(separator: ", ")
      text += "a\(index): &a\(index) [\(aliases)]\n"
    }
    let loaded = load(text)
    #expect(loaded.diagnostics.map(\.code) == ["KR0009"])
    #expect(loaded.documents.isEmpty)
  }

  @Test("Oversized files are refused unread")
  func oversized() {
    let loaded = PipelineLoader(path: "a.yaml", displayPath: "a.yaml").load(
      Array(repeating: 32, count: (16 << 20) + 1))
    #expect(loaded.diagnostics.map(\.code) == ["KR0001"])
  }

  @Test("A film of many thousand keyframes is loaded whole, with room to the limits")
  func large() {
    let count = min(samples(10_000), 100_000)
    var text = "keyreel: 1\nprompt: x\nsequences:\n  - keyframes:\n"
    for index in 0..<count {
      text +=
        "      - image: stills/\(index).jpg\n        next: {seed: \(index), prompt: p\(index)}\n"
    }
    text += "      - stills/last.jpg\n"
    let loaded = load(text)
    #expect(render(loaded) == "")
    guard case .keyframes(let chain)? = loaded.documents.first?.sequences.first?.content else {
      Issue.record("no chain")
      return
    }
    #expect(chain.stops.count == count + 1)
    #expect(chain.stops[count - 1].next.parameter("seed")?.value.value == .integer(count - 1))
  }
}
