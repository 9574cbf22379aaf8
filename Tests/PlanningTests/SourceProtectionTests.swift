import KeyreelCore
import Planning
import Testing

/// Footage, stills and music are the author's; a film never takes their place.
@Suite struct SourceProtectionTests {
  private let pair = [stop("a.jpg", 20), stop("b.jpg", 21)]

  private func footage(_ path: String) -> PipelineDocument.Sequence {
    .init(span: span(40), content: .footage(.init(file: at(40, path))))
  }

  @Test(
    "A film is never written over what it is made from",
    arguments: [
      "a.jpg", "footage/intro.mp4", "music/theme.wav", "stills/dawn.jpg", "film.yaml",
    ])
  func protectedSources(path: String) throws {
    let document = document(pair) {
      $0.keyframes = [
        .init(name: at(5, "unused"), picture: .init(source: at(6, .file("stills/dawn.jpg"))))
      ]
      $0.sequences.append(footage("footage/intro.mp4"))
      $0.film.audio = .init(file: at(60, "music/theme.wav"))
      $0.film.outputs = [.init(file: at(50, "out/sound.mp4")), .init(file: at(51, path))]
    }
    let result = try plan(document)
    #expect(result.plan == nil)
    #expect(result.diagnostics.map(\.code) == ["KR0331"])
    #expect(result.diagnostics.first?.span == span(51))
  }

  @Test("A variant's film is not written over footage, nor is the film that has no output named")
  func protectedFromVariants() throws {
    let variant = document(pair) {
      $0.variant = "intro"
      $0.sequences.append(footage("footage/intro.mp4"))
      $0.film.outputs = [.init(file: at(50, "footage/intro.mp4"))]
    }
    #expect(try plan(variant).diagnostics == [])
    let clash = document(pair) {
      $0.variant = "intro"
      $0.sequences.append(footage("footage/my-intro.mp4"))
      $0.film.outputs = [.init(file: at(50, "footage/my.mp4"))]
    }
    #expect(try plan(clash).diagnostics.map(\.code) == ["KR0331"])
    let unnamed = document(pair) {
      $0.sequences.append(footage("films/film.mp4"))
    }
    let result = try plan(unnamed)
    #expect(result.diagnostics.map(\.code) == ["KR0331"])
    #expect(result.diagnostics.first?.span == span(40))
  }
}
