import KeyreelCore
import KeyreelTesting
import Planning
import Testing

@Suite("Captions and titles are placed on exact frames")
struct CaptionTests {
  private func cue(
    _ text: String, _ line: Int, at start: TimeLength? = nil, for duration: TimeLength? = nil
  ) -> PipelineDocument.Cue {
    var cue = PipelineDocument.Cue(text: at(line, text))
    cue.start = start.map { at(line, $0) }
    cue.duration = duration.map { at(line, $0) }
    return cue
  }

  /// Two seconds to the second keyframe, which is held for one, and two seconds to the third.
  private func lake(
    _ change: (inout PipelineDocument) -> Void = { _ in }
  ) -> PipelineDocument {
    document(
      [
        stop("a.jpg", 20), stop("b.jpg", 21) { $0.hold = at(21, seconds(1000)) },
        stop("c.jpg", 22) { $0.hold = at(22, .frames(9)) },
      ]
    ) {
      $0.defaults.duration = at(4, seconds(2000))
      change(&$0)
    }
  }

  private func shown(_ document: PipelineDocument, row: Int = 0) throws -> [FilmCue] {
    let assembly = try #require(try plan(document).plan?.films.first?.assembly)
    return assembly.placed(assembly.captions[row].cues)
  }

  private func codes(_ document: PipelineDocument, facts: SourceFacts? = nil) throws -> [String] {
    try plan(document, facts: facts).diagnostics.filter { $0.severity == .error }.map(\.code)
  }

  @Test("A keyframe's caption is seen from its first frame to the next keyframe's")
  func keyframes() throws {
    let film = lake {
      $0.changeChain(0) { chain in
        for (index, text) in ["a", "b", "c"].enumerated() {
          chain.stops[index].caption = cue(text, 30 + index)
        }
      }
    }
    // 60 to b, 30 held and 60 to c, which is seen on ten frames.
    #expect(
      try shown(film) == [
        FilmCue("a", frames: 0..<60), FilmCue("b", frames: 60..<150),
        FilmCue("c", frames: 150..<160),
      ])
  }

  @Test("Times within a sequence count from its own frames, and a caption ends with its sequence")
  func sequences() throws {
    let film = lake {
      $0.sequences.append(sequence("hills", [stop("d.jpg", 40), stop("e.jpg", 41)], line: 39))
      $0.sequences[0].caption = cue("one", 30, at: seconds(500), for: .frames(10))
      $0.sequences[1].caption = cue("two", 42, at: .frames(1))
    }
    #expect(
      try shown(film) == [FilmCue("one", frames: 15..<25), FilmCue("two", frames: 161..<221)])
  }

  @Test("Where sequences are crossfaded, a caption goes when the next sequence comes")
  func crossfade() throws {
    let film = lake {
      var next = sequence("hills", [stop("d.jpg", 40), stop("e.jpg", 41)], line: 39)
      next.join = .init(crossfade: at(38, .frames(6)))
      $0.sequences.append(next)
      $0.sequences[0].caption = cue("one", 30)
      $0.sequences[1].caption = cue("two", 42)
    }
    #expect(
      try shown(film) == [FilmCue("one", frames: 0..<154), FilmCue("two", frames: 154..<215)])
  }

  @Test("Film times are rounded once at each end, also those of files")
  func filmTimes() throws {
    let film = lake {
      var row = PipelineDocument.Captions(span: span(50))
      row.cues = [cue("late", 52, at: seconds(4000), for: seconds(333))]
      row.file = at(51, "a.srt")
      $0.film.captions = [row]
    }
    // The made-up file has one caption, of the first second.
    #expect(
      try shown(film) == [FilmCue("a.srt", frames: 0..<30), FilmCue("late", frames: 120..<130)])
  }

  @Test("Captions change the film's name in the store, and no clip's")
  func keys() throws {
    let bare = try #require(try plan(lake()).plan?.films.first)
    let film = try #require(
      try plan(lake { $0.sequences[0].caption = cue("one", 30) }).plan?.films.first)
    let other = try #require(
      try plan(lake { $0.sequences[0].caption = cue("One", 30) }).plan?.films.first)
    #expect(Set([bare, film, other].map(\.assembly.key)).count == 3)
    #expect(bare.segments == film.segments && film.segments == other.segments)
    #expect(bare.frames == film.frames)
    #expect(bare.assembly.captionUse == .none && film.assembly.captionUse.tracks == [0])
  }

  @Test("What cannot be seen is refused with its place")
  func refused() throws {
    func film(_ cues: [PipelineDocument.Cue]) -> PipelineDocument {
      lake {
        var row = PipelineDocument.Captions(span: span(50))
        row.cues = cues
        $0.film.captions = [row]
      }
    }
    #expect(try codes(film([])) == ["KR0334"])
    #expect(
      try codes(film([cue("a", 51, at: .frames(0), for: .frames(161))])) == ["KR0336"])
    #expect(try codes(film([cue("a", 51, at: .frames(0), for: .frames(160))])) == [])
    #expect(try codes(film([cue("a", 51, at: .frames(5), for: seconds(1))])) == ["KR0337"])
    let overlap = film([
      cue("a", 51, at: .frames(0), for: .frames(10)), cue("b", 52, at: .frames(9), for: .frames(1)),
    ])
    let told = try plan(overlap).diagnostics
    #expect(told.map(\.code) == ["KR0335"])
    #expect(told[0].span == span(52) && told[0].notes.map(\.span) == [span(51)])
    #expect(
      try codes(lake { $0.sequences[0].caption = cue("a", 30, at: .frames(150), for: .frames(20)) })
        == ["KR0336"])
  }

  @Test("Each output shows what it chooses; other captions make another film of an mp4")
  func outputs() throws {
    func output(
      _ file: String, _ captions: [CaptionForm]? = nil, _ language: String? = nil
    ) -> PipelineDocument.Output {
      var output = PipelineDocument.Output(file: at(60, file))
      output.captions = captions.map { at(60, $0) }
      output.language = language.map { at(60, $0) }
      return output
    }
    let film = lake {
      $0.film.captions = ["de", "en"].map { language in
        var row = PipelineDocument.Captions(span: span(50))
        row.file = at(51, "\(language).srt")
        row.language = at(51, language)
        row.forms = at(51, [.track, .sidecar])
        return row
      }
      $0.film.outputs = [
        output("x.mp4"), output("y.mp4", [.burnt], "en"), output("z.webm", []),
        output("p.png"), output("q.jpg", [.burnt]), output("c.vtt", nil, "eng"),
      ]
    }
    let planned = try #require(try plan(film).plan?.films.first)
    #expect(planned.outputs == ["x.mp4"])
    #expect(planned.assembly.captionUse == CaptionUse(tracks: [0, 1]))
    let uses = Dictionary(uniqueKeysWithValues: planned.companions.map { ($0.path, $0.captions) })
    #expect(uses["y.mp4"] == CaptionUse(burnt: [1]))
    #expect(uses["z.webm"] == CaptionUse.none)
    #expect(uses["p.png"] == CaptionUse.none)
    #expect(uses["q.jpg"] == CaptionUse(burnt: [0]))
    let texts = planned.companions.filter { $0.path.hasSuffix(".srt") || $0.path.hasSuffix(".vtt") }
    #expect(
      texts.map(\.path) == [
        "c.vtt", "x.de.srt", "y.de.srt", "z.de.srt", "x.en.srt", "y.en.srt", "z.en.srt",
      ])
    #expect(texts[0].form == .captions(row: 1, language: "en"))
  }

  @Test("Outputs that name captions that are not there are told")
  func missingRows() throws {
    func film(_ output: PipelineDocument.Output, rows: Int) -> PipelineDocument {
      lake {
        $0.film.captions = ["de", "en"].prefix(rows).map { language in
          var row = PipelineDocument.Captions(span: span(50))
          row.file = at(51, "\(language).srt")
          row.language = at(51, language)
          return row
        }
        $0.film.outputs = [output]
      }
    }
    var output = PipelineDocument.Output(file: at(60, "x.mp4"))
    output.captions = at(60, [.burnt])
    #expect(try codes(film(output, rows: 0)) == ["KR0334"])
    output.language = at(60, "fr")
    #expect(try codes(film(output, rows: 2)) == ["KR0338"])
    output.captions = nil
    output.language = at(60, "de")
    #expect(try codes(film(output, rows: 2)) == ["KR0338"])
    #expect(try codes(film(.init(file: at(60, "x.srt")), rows: 0)) == ["KR0334"])
    let both = lake {
      $0.film.captions = ["de", "en"].map { language in
        var row = PipelineDocument.Captions(span: span(50))
        row.file = at(51, "\(language).srt")
        row.language = at(51, language)
        row.forms = at(51, [.burnt])
        return row
      }
    }
    #expect(try codes(both) == ["KR0338"])
  }

  @Test("A file beside a film is never written over the captions that it comes from")
  func ownSource() throws {
    let film = lake {
      var row = PipelineDocument.Captions(span: span(50))
      row.file = at(51, "films/film.srt")
      row.forms = at(51, [.sidecar])
      $0.film.captions = [row]
    }
    #expect(try codes(film) == ["KR0331"])
  }

  @Test("A title lasts three seconds, or as long as its card; its fades fit into it")
  func titles() throws {
    let film = lake {
      $0.sequences.insert(
        sequence("card", [stop("t.jpg", 30) { $0.hold = at(30, seconds(5000)) }], line: 29), at: 0)
      $0.sequences[0].title = .init(cue("CARD", 31))
      $0.sequences[1].title = .init(cue("LAKE", 32))
      var title = PipelineDocument.Title(cue("FILM", 33, at: seconds(1000), for: .frames(3)))
      title.fadeIn = at(33, .frames(2))
      $0.film.titles = [title]
    }
    let assembly = try #require(try plan(film).plan?.films.first?.assembly)
    #expect(
      assembly.titles.map { assembly.placed([$0.cue])[0] } == [
        FilmCue("CARD", frames: 0..<151), FilmCue("FILM", frames: 30..<33),
        FilmCue("LAKE", frames: 151..<241),
      ])
    #expect(assembly.captions.isEmpty)
    #expect(assembly.frames == 151 + 160)
    var long = film
    long.film.titles[0].fadeOut = at(33, .frames(2))
    #expect(try codes(long) == ["KR0324"])
  }
}
