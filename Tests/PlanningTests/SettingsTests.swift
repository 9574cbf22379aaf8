import KeyreelCore
import KeyreelTesting
import Planning
import Testing

private let ends = [stop("a.jpg", 11), stop("b.jpg", 12)]

/// `severity code: message (suggestion)` at `line:column`.
func lines(of diagnostics: [Diagnostic]) -> [String] {
  diagnostics.map { diagnostic in
    let place = diagnostic.span.map { "\($0.start.line):\($0.start.column) " } ?? ""
    let hint = diagnostic.suggestion.map { " (\($0))" } ?? ""
    return
      "\(place)\(diagnostic.severity.rawValue) \(diagnostic.code): \(diagnostic.message)\(hint)"
  }
}

@Suite struct SettingsTests {
  @Test("A request has every input of the model, in its order, with explicit seed and frames")
  func completeRequest() throws {
    let film = try film(document(ends))
    let fields = film.segments[0].request.fields.map { "\($0.name)=\($0.value)" }
    #expect(
      fields == [
        "prompt=a lake", "negative_prompt=", "seed=\(film.segments[0].chosen.seed)",
        "aspect_ratio=16:9", "resolution=480p", "cfg_scale=1", "guidance_scale=10",
        "num_frames=240", "enable_safety_checker=false", "strength=0.8",
      ])
    #expect(film.segments[0].id == "valley/a-b")
    #expect(film.outputs == ["films/film.mp4"])
  }

  @Test("The innermost setting counts")
  func scopes() throws {
    let film = try film(
      document([
        stop("a.jpg") {
          $0.next.parameters = [
            parameter("cfg_scale", .number(3)), parameter("strength", .integer(1)),
          ]
        }, stop("b.jpg"), stop("c.jpg"),
      ]) {
        $0.defaults.parameters.append(parameter("cfg_scale", .integer(1)))
        $0.changeChain(0) { $0.settings.parameters = [parameter("cfg_scale", .number(2.5))] }
      })
    #expect(film.segments.map { $0.request["cfg_scale"] } == [.integer(3), .number(2.5)])
    #expect(film.segments.map { $0.request["strength"] } == [.integer(1), .number(0.8)])
  }

  @Test("Styles of all scopes follow the prompt, outermost last, and the empty style clears")
  func styles() throws {
    let film = try film(
      document([
        stop("a.jpg") { $0.next.style = at(21, "mist") },
        stop("b.jpg") { $0.next.style = at(22, "") }, stop("c.jpg"), stop("d.jpg"),
      ]) {
        $0.defaults.style = at(3, "35 mm")
        $0.changeChain(0) { $0.settings.style = at(12, "soft light") }
      })
    #expect(
      film.segments.map { $0.request["prompt"]?.description } == [
        "a lake, mist, soft light, 35 mm", "a lake", "a lake, soft light, 35 mm",
      ])
  }

  @Test("All mistakes in settings are told together, each once and at its place")
  func mistakes() throws {
    var film = document(ends + [stop("c.jpg", 13)]) {
      $0.defaults.parameters += [
        parameter("strenght", .number(0.5), 3), parameter("cfg_scale", .integer(9), 4),
        parameter("resolution", .string("480"), 5), parameter("seed", .string("7"), 6),
        parameter("enable_safety_checker", .string("yes"), 7),
        parameter("image_url", .string("x"), 8),
      ]
    }
    film.defaults.takes = at(9, 0)
    #expect(
      lines(of: try plan(film).diagnostics) == [
        "3:1 error KR0301: `strenght` is not a setting of fal-ai/framepack/flf2v "
          + "(did you mean `strength`?)",
        "4:20 error KR0303: `cfg_scale` must be from 0 to 7, not 9",
        "5:20 error KR0304: `resolution` must be `480p` or `720p`, not `480` (did you mean `480p`?)",
        "6:20 error KR0302: `seed` must be a whole number, not `7` (leave out the quotes)",
        "7:20 error KR0302: `enable_safety_checker` must be `true` or `false`, not `yes` (write `true`)",
        "8:1 error KR0301: `image_url` is not a setting of fal-ai/framepack/flf2v "
          + "(pictures are given as `keyframes`)",
        "9:1 error KR0315: `takes` must be from 1 to 99, not 0",
      ])
  }

  @Test("A prompt counts with its styles, in Unicode scalars")
  func promptLength() throws {
    func result(_ length: Int) throws -> PlanningResult {
      try plan(
        document(ends) {
          $0.defaults.parameters = [
            parameter("prompt", .string(String(repeating: "ä", count: length)))
          ]
          $0.defaults.style = at(4, "soft light")
        })
    }
    #expect(try result(488).plan != nil)
    let diagnostic = try #require(try result(489).diagnostics.first)
    #expect(diagnostic.code == "KR0305")
    #expect(diagnostic.message.contains("501 characters with its styles"))
    #expect(diagnostic.notes.map(\.message) == ["this style adds 12 characters"])
  }

  @Test("A missing prompt is told once for a sequence")
  func missingPrompt() throws {
    let result = try plan(document(ends + [stop("c.jpg")]) { $0.defaults.parameters = [] })
    #expect(result.diagnostics.map(\.code) == ["KR0306"])
    #expect(result.diagnostics[0].span == span(10))
  }

  @Test("Another model is data: its own fields, rate, sizes and price")
  func anotherModel() throws {
    let film = try film(
      document(ends) {
        $0.defaults.model = at(3, "fal-ai/wan-flf2v")
        $0.defaults.duration = at(4, seconds(5500))
      })
    let segment = film.segments[0]
    #expect(segment.frameRate == FrameRate(16) && film.frameRate == FrameRate(16))
    #expect(segment.frames == 89 && film.frames == 89)
    #expect(film.size == PixelSize(width: 1280, height: 720))
    // More than 81 frames cost 1.25 times as much.
    #expect(segment.chosen.listPrice.expected == Money(decimal: "0.50"))
    #expect(segment.request["guide_scale"] == nil)
    let unknown = try plan(document(ends) { $0.defaults.model = at(3, "fal-ai/wan-flfv2") })
    #expect(unknown.diagnostics.map(\.code) == ["KR0300"])
    #expect(unknown.diagnostics[0].suggestion == "did you mean `fal-ai/wan-flf2v`?")
  }

  @Test("Seeds: the authored one for take 1, a hash of it for others; else a hash of the pictures")
  func seeds() throws {
    func takes(_ change: (inout PipelineDocument) -> Void) throws -> [Take] {
      try film(
        document(ends) {
          $0.defaults.takes = at(3, 3)
          $0.defaults.pick = at(4, 2)
          change(&$0)
        }
      ).segments[0].takes
    }
    let authored = try takes { $0.defaults.parameters.append(parameter("seed", .integer(7))) }
    #expect(authored[0].seed == 7)
    #expect(authored.map(\.isChosen) == [false, true, false])
    #expect(Set(authored.map(\.key)).count == 3)
    let derived = try takes { _ in }
    #expect(Set(derived.map(\.seed)).count == 3)
    #expect((authored + derived).allSatisfy { (0..<1 << 31).contains($0.seed) })
    let reworded = try takes { $0.defaults.parameters = [parameter("prompt", .string("x"))] }
    #expect(reworded.map(\.seed) == derived.map(\.seed))
    #expect(reworded.map(\.key) != derived.map(\.key))
  }

  @Test("Prices are exact to the billionth, and nothing on a free backend")
  func prices() throws {
    let document = document(ends) {
      $0.defaults.parameters.append(parameter("resolution", .string("720p")))
    }
    let take = try film(document, backend: paid).segments[0].chosen
    #expect(take.price.expected == Money(decimal: "0.3996"))
    // 289 frames may come back, and may be billed: 289 / 30 · 0.0333 · 1.5, rounded up.
    #expect(take.price.worst == Money(decimal: "0.481185"))
    let free = try film(document).segments[0].chosen
    #expect(free.price == .free && free.listPrice == take.price)
    #expect(free.key != take.key)
  }
}
