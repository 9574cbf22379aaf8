import KeyreelCore
import Testing

@testable import PipelineLanguage

@Suite("Pinning stills on the web")
struct DigestPinTests {
  private let digest = Digest.of("still")
  private let url = "https://example.org/a.png"

  private func pin(_ text: String) -> String? {
    DigestPin.pinSHA256(in: text, url: url, digest: digest)
  }

  @Test("The digest goes on a line of its own, and comments stay")
  func block() {
    let text = """
      keyreel: 1 # one
      keyframes:
        logo:
          url: https://example.org/a.png   # ours
          fit: cover
      sequences:
        - keyframes:
            - logo
            - url: "https://example.org/a.png"
            - url: https://example.org/other.png
      """
    #expect(
      pin(text) == """
        keyreel: 1 # one
        keyframes:
          logo:
            url: https://example.org/a.png   # ours
            sha256: \(digest)
            fit: cover
        sequences:
          - keyframes:
              - logo
              - url: "https://example.org/a.png"
                sha256: \(digest)
              - url: https://example.org/other.png
        """)
  }

  @Test("In braces it goes behind the address, several times in one line if need be")
  func flow() {
    let text = "- {url: 'https://example.org/a.png', fit: cover}\n"
    #expect(pin(text) == "- {url: 'https://example.org/a.png', sha256: \(digest), fit: cover}\n")
    let two = "[{url: https://example.org/a.png}, {url: https://example.org/a.png}] # two\n"
    let pinned = "{url: https://example.org/a.png, sha256: \(digest)}"
    #expect(pin(two) == "[\(pinned), \(pinned)] # two\n")
  }

  @Test("Line ends of the file are kept, with or without one at its end")
  func lineEnds() {
    #expect(pin("url: \(url)") == "url: \(url)\nsha256: \(digest)")
    #expect(
      pin("url: \(url)\r\nfit: cover\r\n")
        == "url: \(url)\r\nsha256: \(digest)\r\nfit: cover\r\n")
  }

  @Test("What has a digest, or is not there, is left alone")
  func nothing() {
    #expect(pin("url: \(url)\nsha256: abc\n") == nil)
    #expect(pin("url: https://example.org/b.png\n") == nil)
    #expect(pin("url: [") == nil)
  }

  @Test("A pinned pipeline is a sound one")
  func sound() {
    let text = "keyreel: 1\nprompt: x\nsequences:\n  - keyframes: [a.jpg, {url: \(url)}]\n"
    #expect(load(text).diagnostics.map(\.code) == ["KR0044"])
    #expect(load(pin(text) ?? "").diagnostics.isEmpty)
  }
}
