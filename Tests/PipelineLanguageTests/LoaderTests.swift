import KeyreelCore
import Testing

@testable import PipelineLanguage

@Suite("The loader")
struct LoaderTests {
  @Test("Three keyframes and a prompt are a whole pipeline")
  func smallest() throws {
    let loaded = load(
      """
      keyreel: 1
      prompt: slow aerial push
      sequences:
        - keyframes: [stills/dawn.jpg, stills/noon.jpg, ../dusk.jpg]
      """)
    #expect(render(loaded) == "")
    let document = try #require(loaded.documents.first)
    #expect(document.name == "film")
    #expect(document.variant == nil)
    #expect(document.defaults.parameter("prompt")?.value.value == .string("slow aerial push"))
    guard case .keyframes(let chain) = document.sequences[0].content else {
      Issue.record("no chain")
      return
    }
    let subjects = chain.stops.map(\.subject.value)
    #expect(
      subjects == [
        .picture(.file("pipelines/stills/dawn.jpg")), .picture(.file("pipelines/stills/noon.jpg")),
        .picture(.file("dusk.jpg")),
      ])
    #expect(chain.stops[1].subject.span.start == .init(line: 4, column: 34))
  }

  @Test("Every key that is built comes back as it was written")
  func full() throws {
    let loaded = load(fullPipeline)
    #expect(render(loaded) == "")
    #expect(
      loaded.documents.map(\.variant) == [
        "35-mm-film-1", "35-mm-film-2", "watercolour-1", "watercolour-2",
      ])
    let document = loaded.documents[3]
    #expect(document.name == "lake-day")
    #expect(document.backend?.value == "rehearsal")
    #expect(document.budget?.run?.value.amount == Money(decimal: "5"))
    #expect(document.budget?.month?.value.currency == "USD")
    #expect(document.defaults.style?.value == "watercolour")
    #expect(document.defaults.parameter("seed")?.value.value == .integer(2))
    #expect(document.defaults.parameter("aspect_ratio")?.value.value == .string("16:9"))
    #expect(document.defaults.parameter("cfg_scale")?.value.value == .number(1.5))
    #expect(document.defaults.parameter("enable_safety_checker")?.value.value == .boolean(true))
    #expect(document.defaults.focus?.value == Focus(x: 500, y: 300))
    #expect(document.keyframes.map(\.name.value) == ["dawn", "noon", "plate", "logo"])
    #expect(document.film.audio?.gain?.value == -150)
    #expect(document.film.audio?.fadeIn?.value == .time(nanoseconds: 250_000_000))
    #expect(document.film.rate?.value == FrameRate(24000, 1001))
    #expect(document.film.outputs.map(\.file.value).first == "films/lake-day.mp4")
    #expect(document.film.outputs.map(\.codec?.value) == [.h264, .av1, nil, nil, nil, nil, nil])
    #expect(
      document.film.outputs.map(\.kind?.value)
        == [nil, nil, .frames, nil, .poster, .sheet, .captions])
    #expect(document.film.loudness?.value == -1650)
    #expect(document.film.ownSound?.value == .drop)
    #expect(document.backends.map(\.quirks?.value) == [nil, true])
  }

  @Test("Captions and titles come back as they were written")
  func texts() throws {
    let document = try #require(load(fullPipeline).documents.first)
    let rows = document.film.captions
    #expect(rows.map(\.language?.value) == ["en", "deu"])
    #expect(rows.map(\.forms?.value) == [[.track, .sidecar], [.burnt]])
    #expect(rows.map(\.file?.value) == [nil, "pipelines/captions/de.srt"])
    #expect(rows[0].cues.map(\.text.value) == ["Later"])
    #expect(rows[0].cues[0].duration?.value == .frames(45))
    #expect(
      rows[0].look.fonts.map(\.value) == [
        .family("DejaVu Sans"), .file("pipelines/fonts/own.ttf"),
      ])
    #expect(rows[0].look.size?.value == 65 && rows[0].look.ground?.value == .box)
    // A number is a title, too.
    #expect(document.film.titles.map(\.cue.text.value) == ["2026"])
    #expect(document.sequences.map(\.caption?.text.value) == ["The valley", "The city"])
    #expect(document.sequences.map(\.title?.cue.text.value) == ["VALLEY", "CITY"])
    #expect(document.sequences[0].title?.look.size?.value == 120)
    guard case .keyframes(let chain) = document.sequences[0].content else { return }
    let caption = try #require(chain.stops.compactMap(\.caption).first)
    #expect(caption.text.value == "A storm,\nat last")
    #expect(caption.start?.value == .frames(6))
    #expect(document.film.outputs.map(\.captions?.value).first == [.burnt, .track])
    #expect(document.film.outputs.map(\.language?.value).last == "en")
    #expect(document.film.outputs[5].captions?.value == [])
  }

  @Test("A sequence's stops, their ways and an existing clip come back")
  func sequences() throws {
    let document = try #require(load(fullPipeline).documents.first)
    guard case .keyframes(let chain) = document.sequences[0].content,
      case .footage(let footage) = document.sequences[1].content
    else {
      Issue.record("wrong kinds of sequences")
      return
    }
    #expect(chain.settings.frames?.value == 120)
    #expect(chain.settings.style?.value == "")
    #expect(chain.settings.parameters.isEmpty)
    #expect(chain.chain?.value == .rendered)
    let burn = chain.stops[1].next
    #expect(burn.id?.value == "burn")
    #expect(burn.duration?.value == .time(nanoseconds: 6_000_000_000))
    #expect(burn.parameters.map(\.name.value) == ["prompt", "seed"])
    #expect((burn.takes?.value, burn.pick?.value) == (3, 2))
    #expect(chain.stops[2].next.parameter("prompt")?.value.value == .string("a storm rolls in"))
    #expect(chain.stops[3].time?.value == .time(nanoseconds: 20_000_000_000))
    #expect(footage.file.value == "pipelines/footage/intro.mp4")
    #expect(document.sequences[1].join?.handles?.value == .freeze)
  }
}
