import KeyreelCore
import KeyreelTesting
import Planning
import Testing

@Suite struct TimeTests {
  private func stops(_ count: Int) -> [PipelineDocument.Stop] {
    (0..<count).map { stop("s\($0).jpg", 20 + $0) }
  }

  @Test("A duration is the time between keyframes, so keyframe times never drift")
  func durations() throws {
    let film = try film(document(stops(4)) { $0.defaults.duration = at(3, seconds(8000)) })
    #expect(film.segments.map(\.frames) == [241, 241, 241])
    #expect(film.keyframes.map(\.filmFrame) == [0, 240, 480, 720])
    #expect(film.frames == 721)
    #expect(film.remarks.isEmpty)
  }

  @Test("Rounding errors are carried forward and said")
  func rounding() throws {
    // 1.01 s are 30.3 frames: ten of them are 303 frames, not 300.
    let film = try film(document(stops(11)) { $0.defaults.duration = at(3, seconds(1010)) })
    #expect(film.keyframes.last?.filmFrame == 303)
    #expect(film.keyframes[3].filmFrame == 91)
    #expect(
      film.remarks == [
        "`valley`: 9 times are no whole number of frames; rounded by at most 0.500 of a frame, "
          + "the error is carried forward"
      ])
  }

  @Test("Absolute times replace durations and count holds")
  func absoluteTimes() throws {
    var stops = stops(4)
    stops[1].time = at(30, seconds(5000))
    stops[1].hold = at(31, seconds(1000))
    stops[2].time = at(32, seconds(10_000))
    let film = try film(document(stops))
    #expect(film.segments.map(\.frames) == [151, 121, 240])
    #expect(film.keyframes.map(\.filmFrame) == [0, 150, 300, 539])
  }

  @Test("Times that cannot be are told with a remedy")
  func impossibleTimes() throws {
    var late = stops(3)
    late[1].time = at(30, seconds(5000))
    late[2].time = at(31, seconds(5000))
    #expect(
      lines(of: try plan(document(late)).diagnostics) == [
        "31:1 error KR0312: `at: 5s` is not after the keyframe before it, which the film leaves at 5s "
          + "(times must increase, holds included)"
      ])
    var both = stops(2)
    both[0].next.duration = at(40, seconds(2000))
    both[1].time = at(41, seconds(5000))
    #expect(try plan(document(both)).diagnostics.map(\.code) == ["KR0313"])
    var first = stops(2)
    first[0].time = at(50, seconds(1000))
    #expect(try plan(document(first)).diagnostics.map(\.code) == ["KR0312"])
    let short = try plan(document(stops(2)) { $0.defaults.duration = at(3, seconds(500)) })
    #expect(
      lines(of: short.diagnostics) == [
        "3:1 error KR0311: 0.5s would be 16 frames at 30/s; fal-ai/framepack/flf2v makes clips of "
          + "from 30 to 1800 frames (it can take 0.966s to 59.966s from keyframe to keyframe)"
      ])
  }

  @Test("A wrong setting or a missing file does not hide wrong times")
  func allInOnePass() throws {
    var stops = stops(5)
    stops[1].next.duration = at(31, seconds(100))
    stops[2].next.parameters = [parameter("cfg_scale", .integer(99), 32)]
    stops[3].next.frames = at(33, 2000)
    let document = document(stops) {
      $0.sequences.append(sequence("later", stops))
      $0.film.outputs = [.init(file: at(50, "a.mp4")), .init(file: at(51, "a.mp4"))]
    }
    var facts = PlanGenerator.facts(for: document)
    facts.entries[.picture(.file("s0.jpg"))] = .failure(
      SourceProblem(code: "KR0402", message: "broken"))
    let codes = try plan(document, facts: facts).diagnostics.map {
      "\($0.span?.start.line ?? 0) \($0.code)"
    }
    #expect(codes == ["20 KR0402", "31 KR0311", "32 KR0303", "33 KR0311", "51 KR0325"])
  }

  @Test("Absurd lengths are refused, never overflown")
  func absurdLengths() throws {
    for length in [
      TimeLength.frames(.max), .time(nanoseconds: .max), .frames(20_000_000),
      .time(nanoseconds: 0), .frames(0),
    ] {
      let duration = try plan(document(stops(2)) { $0.defaults.duration = at(3, length) })
      #expect(duration.diagnostics.map(\.code) == ["KR0311"], "\(length)")
      var held = stops(2)
      held[0].hold = at(4, length)
      held[1].time = at(5, length)
      let result = try plan(
        document(held) {
          $0.film.fadeIn = at(6, length)
          $0.film.fadeOut = at(7, length)
          $0.film.audio = .init(file: at(8, "a.wav"))
          $0.film.audio?.start = at(9, length)
        })
      #expect(result.plan == nil, "\(length)")
    }
    let rate = try plan(
      document(stops(2)) { $0.film.rate = FrameRate(.max, 7).map { at(3, $0) } })
    #expect(rate.diagnostics.map(\.code) == ["KR0326"])
    let frames = try plan(document(stops(2)) { $0.defaults.frames = at(3, .min) })
    #expect(frames.diagnostics.map(\.code) == ["KR0311"])
  }

  @Test("Clips of another rate keep their time in the film")
  func otherRates() throws {
    let film = try film(
      document(stops(4)) {
        $0.film.rate = at(3, FrameRate(25) ?? .thirty)
        $0.defaults.duration = at(4, seconds(8000))
      })
    #expect(film.segments.map(\.frames) == [241, 241, 241])
    #expect(film.keyframes.map(\.filmFrame) == [0, 200, 400, 600])
    #expect(film.frames == 601)
  }
}
