import KeyreelCore
import Testing

@Suite struct SpellingTests {
  @Test("A word that was meant is found, and a far one is not")
  func spelling() {
    let keys = ["prompt", "duration", "seed", "fit", "fade_in", "fade_out"]
    #expect(Spelling.nearest(to: "promt", among: keys) == "prompt")
    #expect(Spelling.nearest(to: "prmopt", among: keys) == "prompt")
    #expect(Spelling.nearest(to: "Duration", among: keys) == "duration")
    #expect(Spelling.nearest(to: "fade-in", among: keys) == "fade_in")
    #expect(Spelling.nearest(to: "sede", among: keys) == "seed")
    #expect(Spelling.nearest(to: "xyz", among: keys) == nil)
    #expect(Spelling.nearest(to: "a", among: keys) == nil)
    #expect(Spelling.nearest(to: "a", among: ["b"]) == nil)
    #expect(Spelling.nearest(to: "", among: keys) == nil)
    let long = String(repeating: "ü", count: 200)
    #expect(Spelling.nearest(to: long + "a", among: ["x", long]) == long)
    #expect(Spelling.suggestion(for: "promt", among: keys) == "did you mean `prompt`?")
  }
}
