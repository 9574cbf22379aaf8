import KeyreelCore
import KeyreelTesting
import Planning
import Testing

@Suite struct FilmTests {
  private let pair = [stop("a.jpg", 21), stop("b.jpg", 22)]

  private func footage(_ line: Int = 40) -> PipelineDocument.Sequence {
    .init(span: span(line), content: .footage(.init(file: at(line, "footage/intro.mp4"))))
  }

  @Test("Chained joins drop a frame, cuts drop none, holds repeat")
  func joins() throws {
    var held = [stop("a.jpg"), stop("b.jpg"), stop("c.jpg")]
    held[0].hold = at(30, .frames(5))
    held[1].hold = at(31, .frames(10))
    held[2].hold = at(32, .frames(20))
    let film = try film(document(held) { $0.sequences.append(sequence("city", pair)) })
    let pieces = film.assembly.pieces
    #expect(pieces.map(\.dropsLast) == [true, false, false])
    #expect(pieces.map(\.holdBefore) == [5, 10, 0])
    #expect(pieces.map(\.holdAfter) == [0, 20, 0])
    #expect(film.frames == 3 * 240 - 1 + 35)
    #expect(film.keyframes.map(\.filmFrame) == [0, 244, 493, 514, 753])
  }

  @Test("A loop that ends the film leaves out its closing frame; another one does not")
  func loops() throws {
    let ending = try film(document(pair) { $0.changeChain(0) { $0.loops = at(11, true) } })
    #expect(ending.segments.map(\.id) == ["valley/a-b", "valley/b-a"])
    #expect(ending.frames == 2 * 240 - 2)
    #expect(ending.keyframes.map(\.filmFrame) == [0, 239])
    #expect(ending.remarks.count == 1)
    let inner = try film(
      document(pair) {
        $0.changeChain(0) { $0.loops = at(11, true) }
        $0.sequences.append(footage())
      })
    #expect(inner.assembly.pieces.map(\.dropsLast) == [true, false, false])
  }

  @Test("A crossfade shortens the film, frozen handles do not, and both must fit")
  func crossfades() throws {
    func plan(_ frames: Int, _ handles: HandleMode?) throws -> PlanningResult {
      try PlanningTests.plan(
        document(pair) {
          $0.sequences.append(sequence("city", pair))
          $0.sequences[1].join = .init(crossfade: at(33, .frames(frames)))
          $0.sequences[1].join?.handles = handles.map { at(34, $0) }
        })
    }
    #expect(try plan(12, nil).plan?.films[0].frames == 480 - 12)
    #expect(try plan(12, nil).plan?.films[0].keyframes.map(\.filmFrame) == [0, 239, 228, 467])
    #expect(try plan(12, .freeze).plan?.films[0].frames == 480)
    #expect(try plan(240, nil).plan?.films[0].frames == 240)
    #expect(try plan(241, nil).diagnostics.map(\.code) == ["KR0322"])
    #expect(try plan(.max, .freeze).diagnostics.map(\.code) == ["KR0322"])
    let first = try PlanningTests.plan(
      document(pair) { $0.sequences[0].join = .init(crossfade: at(33, .frames(3))) })
    #expect(first.diagnostics.map(\.code) == ["KR0322"])
  }

  @Test("That a clip's own sound is not heard is told once, unless the film has sound of its own")
  func footageSound() throws {
    var document = document(pair) {
      $0.sequences += [footage(40), footage(44)]
    }
    func codes(hasSound: Bool) throws -> [String] {
      var facts = PlanGenerator.facts(for: document)
      let reference = SourceReference.footage("footage/intro.mp4")
      guard case .success(.footage(var fact))? = facts.entries[reference] else {
        throw Unplanned(description: "no footage")
      }
      fact.hasSound = hasSound
      facts.entries[reference] = .success(.footage(fact))
      let result = try plan(document, facts: facts)
      #expect(result.plan != nil)
      return result.diagnostics.map { "\($0.code) \($0.span?.start.line ?? 0)" }
    }
    #expect(try codes(hasSound: false) == [])
    #expect(try codes(hasSound: true) == ["KR0424 40"])
    document.film.audio = .init(file: at(50, "music/theme.wav"))
    #expect(try codes(hasSound: true) == [])
  }

  @Test("Footage is cut by its own rate and converted to the film's")
  func footageParts() throws {
    func film(_ start: TimeLength?, _ end: TimeLength?) throws -> PlanningResult {
      try PlanningTests.plan(
        document(pair) {
          var footage = PipelineDocument.Footage(file: at(40, "footage/intro.mp4"))
          footage.start = start.map { at(41, $0) }
          footage.end = end.map { at(42, $0) }
          $0.sequences.append(.init(span: span(40), content: .footage(footage)))
        })
    }
    // 200 frames at 25/s.
    let part = try #require(try film(seconds(500), seconds(6000)).plan?.films[0].assembly.pieces[1])
    guard case .footage(_, _, let start, let count, _) = part.source else {
      Issue.record("not footage")
      return
    }
    #expect(start == 13 && count == 137 && part.frames == 164)
    #expect(try film(nil, nil).plan?.films[0].assembly.pieces[1].frames == 240)
    for (start, end) in [
      (seconds(6000), seconds(500)), (nil, seconds(8100)), (seconds(9000), nil),
      (.frames(.max), nil), (.frames(200), nil),
    ] {
      #expect(try film(start, end).diagnostics.map(\.code) == ["KR0323"])
    }
  }

  @Test("A lone keyframe with a hold is a still; without one it is a mistake")
  func stills() throws {
    var lone = stop("a.jpg")
    let wrong = try plan(document([lone]))
    #expect(wrong.diagnostics.map(\.code) == ["KR0319"])
    lone.hold = at(30, seconds(2000))
    let film = try film(document([lone]) { $0.defaults.parameters = [] })
    #expect(film.frames == 61 && film.segments.isEmpty)
    #expect(film.size == PixelSize(width: 832, height: 480))
  }

  @Test("Ids stay when a keyframe is inserted elsewhere; repeats are numbered; own ids are kept")
  func ids() throws {
    let stops = ["a", "b", "a", "b", "c"].map { stop("stills/\($0).jpg") }
    #expect(
      try film(document(stops)).segments.map(\.id) == [
        "valley/a-b", "valley/b-a", "valley/a-b~2", "valley/b-c",
      ])
    var own = stops
    own[3].next.id = at(30, "finale")
    own[2].next.id = at(31, "valley/a-b")
    #expect(
      try film(document(own)).segments.map(\.id) == [
        "valley/a-b~2", "valley/b-a", "valley/a-b", "finale",
      ])
    own[1].next.id = at(29, "finale")
    let result = try plan(document(own))
    #expect(result.diagnostics.map(\.code) == ["KR0316"])
    let twice = try plan(document(pair) { $0.sequences.append(sequence("valley", pair)) })
    #expect(twice.diagnostics.map(\.code) == ["KR0317"])
  }

  @Test("Variants are films of one plan, and a mistake in all of them is told once")
  func variants() throws {
    let planner = try Planner(profiles: profiles())
    func documents(_ seed: ParameterValue) -> [PipelineDocument] {
      ["oil", "water"].map { variant in
        document(pair) {
          $0.variant = variant
          $0.defaults.style = at(3, variant)
          $0.defaults.parameters.append(parameter("seed", seed))
          $0.film.outputs = [.init(file: at(50, "out/my.film.mp4"))]
        }
      }
    }
    let good = documents(.integer(1))
    let facts = PlanGenerator.facts(for: good[0])
    let plan = try #require(planner.plan(good, facts: facts, backend: animatic).plan)
    #expect(plan.films.map(\.name) == ["film-oil", "film-water"])
    #expect(plan.films.map(\.outputs) == [["out/my.film-oil.mp4"], ["out/my.film-water.mp4"]])
    let bad = planner.plan(documents(.string("x")), facts: facts, backend: animatic)
    #expect(bad.plan == nil && bad.diagnostics.count == 1)
  }

  @Test("Thousands of unknown keyframes are all told, and advice is sought for the first ones")
  func manyUnknownNames() throws {
    let film = document(
      (0..<2000).map { index in
        stop("a.jpg", 20 + index) { $0.subject.value = .named("keyframe\(index)x") }
      }
    ) { document in
      document.keyframes = (0..<2000).map {
        .init(name: at(5, "keyframe\($0)"), picture: .init(source: at(6, .file("a.jpg"))))
      }
    }
    let unknown = try plan(film).diagnostics.filter { $0.code == "KR0320" }
    #expect(unknown.count == 2000)
    #expect(unknown.count { $0.suggestion?.hasPrefix("did you mean") == true } == 20)
  }

  @Test("Missing and broken files are told wherever they are named")
  func sources() throws {
    let document = document(pair + [stop("b.jpg", 23)]) {
      $0.keyframes = [
        .init(name: at(5, "unused"), picture: .init(source: at(6, .file("gone.jpg"))))
      ]
      $0.film.audio = .init(file: at(60, "a.wav"))
    }
    var facts = PlanGenerator.facts(for: document)
    facts.entries[.picture(.file("b.jpg"))] = .failure(
      SourceProblem(code: "KR0402", message: "`b.jpg` is truncated", suggestion: "get it again"))
    facts.entries[.picture(.file("gone.jpg"))] = .failure(
      SourceProblem(code: "KR0400", message: "there is no file `gone.jpg`"))
    facts.entries[.sound("a.wav")] = nil
    #expect(
      lines(of: try plan(document, facts: facts).diagnostics) == [
        "6:1 error KR0400: there is no file `gone.jpg`",
        "22:1 error KR0402: `b.jpg` is truncated (get it again)",
        "23:1 error KR0402: `b.jpg` is truncated (get it again)",
        "60:1 error KR0400: nothing is known of `a.wav`",
      ])
  }

  @Test("What the loader told is not told again, and what it left out is not missed")
  func afterTheLoader() throws {
    let document = document([stop("a.jpg", 21)]) { $0.defaults.parameters = [] }
    let told = [
      Diagnostic(.error, "KR0021", "`prompt` wants text", file: "film.yaml", at: span(2, 9)),
      Diagnostic(.error, "KR0061", "there is no keyframe `b`", file: "film.yaml", at: span(22)),
      Diagnostic(.warning, "KR0080", "taken for a parameter", file: "film.yaml", at: span(3)),
    ]
    // A lone keyframe is told, unless a mistake just below may be its hold.
    let lone = PlanningTests.document([stop("a.jpg", 30)])
    let misspelt = PlanningTests.document([stop("a.jpg", 21), stop("b.jpg", 22)]) {
      $0.defaults.parameters = [parameter("durration", .string("8s"), 3)]
    }
    let planner = try Planner(profiles: profiles())
    for (document, codes) in [
      (document, ["KR0021", "KR0080", "KR0061"]),
      (lone, ["KR0021", "KR0080", "KR0061", "KR0319"]), (misspelt, ["KR0021", "KR0301", "KR0061"]),
    ] {
      let result = planner.plan(
        [document], facts: PlanGenerator.facts(for: document), backend: animatic, after: told)
      #expect(result.plan == nil)
      #expect(result.diagnostics.map(\.code) == codes)
    }
    let fine = PlanningTests.document([stop("a.jpg", 21), stop("b.jpg", 22)])
    let facts = PlanGenerator.facts(for: fine)
    #expect(planner.plan([fine], facts: facts, backend: animatic, after: told).plan == nil)
    let warned = planner.plan([fine], facts: facts, backend: animatic, after: [told[2]])
    #expect(warned.plan != nil && warned.diagnostics == [told[2]])
  }

  @Test("What is done to pictures unasked is remarked once")
  func remarks() throws {
    let document = document(pair + [stop("c.jpg", 23), stop("a.jpg", 24)]) {
      $0.film.size = at(3, PixelSize(width: 640, height: 360))
    }
    var facts = PlanGenerator.facts(for: document)
    for name in ["a.jpg", "c.jpg"] {
      facts.entries[.picture(.file(name))] = .success(
        .picture(
          PictureFact(
            digest: Digest.of(name), size: PixelSize(width: 1280, height: 720), bitDepth: 16,
            orientation: name == "a.jpg" ? 6 : 1)))
    }
    #expect(
      try film(document, facts: facts).remarks == [
        "more than 8 bits per channel are cut to 8, which models take: `a.jpg`, `c.jpg`",
        "turned upright, as the EXIF orientation says: `a.jpg`",
        "3 clips of another size are scaled to 640x360",
      ])
  }

  @Test("Pictures that will disappoint are warned of before money is spent")
  func preflight() throws {
    let document = document(pair + [stop("c.jpg", 23), stop("d.jpg", 24)])
    var facts = PlanGenerator.facts(for: document)
    func fact(_ name: String, _ width: Int, _ height: Int, _ light: UInt8, alpha: Bool = false) {
      facts.entries[.picture(.file(name))] = .success(
        .picture(
          PictureFact(
            digest: Digest.of(name), size: PixelSize(width: width, height: height),
            hasAlpha: alpha, thumbnail: [UInt8](repeating: light, count: 768))))
    }
    fact("a.jpg", 1280, 720, 10)
    fact("b.jpg", 720, 1280, 100, alpha: true)
    fact("c.jpg", 320, 180, 200)
    fact("d.jpg", 1280, 720, 201)
    let aimed = PlanningTests.document([
      pair[0], stop("b.jpg", 22) { $0.focus = at(30, Focus(x: 500, y: 200)) },
    ])
    #expect(try plan(aimed, facts: facts).diagnostics.map(\.code) == ["KR0422"])
    let result = try plan(document, facts: facts)
    #expect(result.plan != nil)
    #expect(
      lines(of: result.diagnostics) == [
        "22:1 warning KR0420: `b.jpg` is 720x1280; to fill 832x480, 68 % of its height is cut off "
          + "(choose what is kept with `focus`, or use `fit: blur`)",
        "22:1 warning KR0422: `b.jpg` has an alpha channel, which models do not see "
          + "(flatten it if it is transparent anywhere)",
        "23:1 warning KR0421: `c.jpg` is only 320x180 and is enlarged to 832x480 "
          + "(use a larger picture)",
        "24:1 warning KR0423: `c` and `d` look almost the same; the clip between them will stand still "
          + "(use `hold`, which costs nothing)",
      ])
  }
}
