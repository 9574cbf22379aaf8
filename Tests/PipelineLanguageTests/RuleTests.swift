import KeyreelCore
import Testing

@testable import PipelineLanguage

@Suite("Names, paths and addresses")
struct RuleTests {
  @Test(
    "Addresses of this machine and of private networks are refused, however they are spelt",
    arguments: [
      "localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "127.1", "2130706433",
      "0x7f.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
      "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "[::1]",
      "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "[fc00::]", "[2002:7f00:1::]",
      "printer", "nas.local", "metadata.google.internal", "192.0.0.8", "010.0.0.1",
    ])
  func privateHosts(_ host: String) {
    #expect(WebAddress.isPrivate(WebAddress.host(of: "https://\(host)/a.png")))
  }

  @Test(
    "Public addresses are allowed",
    arguments: [
      "example.org", "example.org:8443", "8.8.8.8", "172.32.0.1", "100.128.0.1", "[2606:4700::1]",
      "cdn.example.co.uk", "10.example.org", "192.169.0.1",
    ])
  func publicHosts(_ host: String) {
    #expect(!WebAddress.isPrivate(WebAddress.host(of: "https://\(host)/a.png")))
  }

  @Test("Inputs become relative to the root, outputs are so already")
  func paths() throws {
    let rule = PathRule(pipeline: "pipelines/lake/day.yaml", allowsOutside: false)
    #expect(try rule.input("stills/a.jpg") == "pipelines/lake/stills/a.jpg")
    #expect(try rule.input("./../.././a.jpg") == "a.jpg")
    #expect(try rule.input("x/../y//z.jpg") == "pipelines/lake/y/z.jpg")
    #expect(try rule.output("films/a.mp4") == "films/a.mp4")
    #expect(throws: PathRule.Fault.self) { try rule.input("../../../a.jpg") }
    #expect(throws: PathRule.Fault.self) { try rule.output("../a.mp4") }
    #expect(throws: PathRule.Fault.self) { try rule.input("/etc/passwd") }
    #expect(throws: PathRule.Fault.self) { try rule.input("../..") }
  }

  @Test("Letters that combine with a slash do not hide it")
  func combining() {
    let rule = PathRule(pipeline: "day.yaml", allowsOutside: false)
    #expect(throws: PathRule.Fault.self) { try rule.input("../\u{308}x.jpg") }
    #expect(throws: PathRule.Fault.self) { try rule.input("/\u{308}x.jpg") }
    #expect(!WebAddress.isHTTPS("https://127.0.0.1/\u{308}"))
    #expect(WebAddress.isPrivate(WebAddress.host(of: "https://127.0.0.1/\u{308}")))
  }

  @Test(
    "Addresses that readers may understand differently are refused",
    arguments: [
      "https://", "https://１２７.0.0.1/a", "https://%31%32%37.0.0.1/a", "https://a.b\\@127.0.0.1/",
      "https://a@b.c/", "https://a.b /c", "https://a.b/c d", "HTTPS://a.b", "http://a.b",
    ])
  func spellings(_ address: String) { #expect(!WebAddress.isHTTPS(address)) }

  @Test("Files outside the project are allowed on request")
  func outside() throws {
    let rule = PathRule(pipeline: "day.yaml", allowsOutside: true)
    #expect(try rule.input("../a/../b.jpg") == "../b.jpg")
    #expect(try rule.input("../../b.jpg") == "../../b.jpg")
    #expect(try rule.input("/data/b.jpg") == "/data/b.jpg")
  }

  @Test("Variables are found between other text, and doubled signs are not variables")
  func variables() {
    #expect(
      VariableText("a $(b) c").pieces == [
        .literal("a "), .variable("b", offset: 2), .literal(" c"),
      ])
    #expect(VariableText("$$(b) $5").pieces == [.literal("$(b) $5")])
    #expect(VariableText("a $(b").pieces == [.literal("a "), .open(offset: 2)])
  }
}

@Suite("Variables and variants")
struct VariantTests {
  private let sequences = "sequences: [{keyframes: [a.jpg, b.jpg]}]\n"

  private func prompts(_ text: String) -> [String?] {
    load(text + sequences).documents.map {
      $0.defaults.parameter("prompt")?.value.value.description
    }
  }

  @Test("A variable may use those above it, and gives its type to a value of its own")
  func order() throws {
    let head = "keyreel: 1\nvars: {a: lake, b: $(a) at dawn, n: 7, q: '7'}\n"
    #expect(prompts(head + "prompt: the $(b), $$(a), $(n)$(q)\n") == ["the lake at dawn, $(a), 77"])
    let loaded = load(head + "prompt: $(b)\ndefaults: {seed: $(n), other: $(q)}\n" + sequences)
    #expect(render(loaded) == "")
    let defaults = try #require(loaded.documents.first).defaults
    #expect(defaults.parameter("seed")?.value.value == .integer(7))
    #expect(defaults.parameter("other")?.value.value == .string("7"))
    #expect(
      render(load("keyreel: 1\nvars: {b: $(a), a: x}\nprompt: $(b)\n" + sequences))
        .contains("there is no variable `a`"))
  }

  @Test("Variants are all combinations, in order, under readable names that differ")
  func combinations() {
    let text = """
      keyreel: 1
      vars: {look: film}
      prompt: $(look) of $(place)
      variants:
        vars: {look: [film!, film?], place: [lakes, "山"]}
      """ + "\n"
    #expect(
      prompts(text) == ["film! of lakes", "film! of 山", "film? of lakes", "film? of 山"])
    let names = load(text + sequences).documents.map(\.variant)
    #expect(names == ["film-lakes", "film", "film-lakes-2", "film-2"])
  }

  @Test("A variant's settings replace those of defaults, and one length replaces the other")
  func settings() throws {
    let text = """
      keyreel: 1
      prompt: x
      defaults: {duration: 8s, seed: 3}
      variants: {settings: {frames: [60, 120], prompt: [a]}}
      """ + "\n"
    let documents = load(text + sequences).documents
    #expect(documents.map(\.defaults.frames?.value) == [60, 120])
    #expect(documents.allSatisfy { $0.defaults.duration == nil })
    #expect(prompts(text) == ["a", "a"])
    #expect(documents.map(\.variant) == ["60-a", "120-a"])
  }

  @Test("The same mistake in all variants is told once")
  func once() {
    let text = "keyreel: 1\nprompt: x\nvariants: {settings: {seed: [1, 2, 3]}}\nfilm: {size: 5}\n"
    #expect(load(text + sequences).diagnostics.map(\.code) == ["KR0032"])
  }

  @Test("A misspelt variable of the variants is told before it makes the same film twice")
  func misspeltVariable() {
    let head = "keyreel: 1\nvars: {look: film}\nprompt: $(look)\n"
    func told(_ variables: String) -> [String?] {
      load(head + sequences + "variants: {vars: {\(variables)}}\n").diagnostics.map(\.suggestion)
    }
    #expect(told("look: [a, b]") == [])
    #expect(told("lok: [a, b]") == ["did you mean `look`?"])
    #expect(told("season: [a, b]") == ["use it as `$(season)` or delete it"])
  }

  @Test("A keyframe that only one of the variants uses is used")
  func keyframesOfVariants() {
    let text = """
      keyreel: 1
      prompt: x
      keyframes: {dawn: a.jpg, dusk: b.jpg}
      sequences: [{keyframes: [$(first), c.jpg]}]
      variants: {vars: {first: [dawn, dusk]}}
      """
    #expect(render(load(text)) == "")
  }

  @Test("With mistakes, what can be read is still handed on")
  func bestEffort() throws {
    let loaded = load(
      "keyreel: 1\nprompt: x\nfilm: {size: 5, rate: 24}\nsequences:\n"
        + "  - keyframes: [a.jpg, nowhere, c.jpg]\n  - keyframes: [gone]\n")
    let document = try #require(loaded.documents.first)
    #expect(document.film.rate?.value == FrameRate(24))
    #expect(document.sequences.count == 1)
    #expect(loaded.hasErrors)
  }
}
