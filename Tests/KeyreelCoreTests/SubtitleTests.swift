import KeyreelCore
import Testing

@Suite("Captions as text files")
struct SubtitleTests {
  private func read(_ text: String) throws -> [SubRipFile.Cue] {
    try SubRipFile(Array(text.utf8)).cues
  }

  @Test(
    "All that editors write is read",
    arguments: [
      "1\n00:00:01,000 --> 00:00:02,500\nOne\ntwo\n\n2\n01:02:03,004 --> 01:02:04,000\nThree\n",
      "1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\ntwo\r\n\r\n2\r\n01:02:03,004 --> 01:02:04,000\r\nThree",
      "\u{FEFF}00:00:01.000  -->  00:00:02.500  X1:1 X2:2\nOne\ntwo\n\n\n\n9\n1:02:03,004 --> 1:02:04,000\nThree\n\n",
      "1\n00:00:01,000 --> 00:00:02,500\n<i>One</i>\n{\\an8}two\n\n7\n01:02:03,004 --> 01:02:04,000\n<font color=\"red\">Three</font>\n",
    ])
  func variants(_ text: String) throws {
    let cues = try read(text)
    #expect(cues.map(\.text) == ["One\ntwo", "Three"])
    #expect(cues.map(\.start) == [1000, 3_723_004])
    #expect(cues.map(\.end) == [2500, 3_724_000])
  }

  @Test("What looks like a tag and is none stays")
  func notTags() throws {
    let text = "1 < 2 > 1 <3 {x} <wow>"
    #expect(try read("1\n00:00:00,000 --> 00:00:01,000\n\(text)\n").map(\.text) == [text])
    let file = try SubRipFile(Array("1\n00:00:00,000 --> 00:00:01,000\n<b>x</b>\n".utf8))
    #expect(file.formatted == 1)
  }

  @Test(
    "What is wrong is told with its line",
    arguments: [
      ("", 1), ("\n\n", 1), ("hello\n", 1), ("1\n00:00:01,000 -> 00:00:02,000\nx\n", 2),
      ("1\n00:00:02,000 --> 00:00:01,000\nx\n", 2), ("1\n00:00:01,000 --> 00:00:02,000\n\n", 2),
      ("1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\n", 6),
      ("1\n00:60:01,000 --> 00:61:02,000\nx\n", 2), ("1\n00:00:01,00 --> 00:00:02,000\nx\n", 2),
      ("1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n", 2),
    ])
  func faults(_ text: String, _ line: Int) {
    let fault = #expect(throws: SubRipFile.Fault.self) { try read(text) }
    #expect(fault?.line == line)
  }

  @Test("Bytes that are no UTF-8 are told with their line")
  func encoding() {
    let bytes = Array("1\n00:00:01,000 --> 00:00:02,000\n".utf8) + [0x47, 0xFC, 0xDF, 10]
    let fault = #expect(throws: SubRipFile.Fault.self) { try SubRipFile(bytes) }
    #expect(fault?.line == 3)
  }

  @Test(
    "Whatever is written is read again, at every rate",
    arguments: ["24", "25", "30000/1001", "60", "1"])
  func roundTrip(_ rate: String) throws {
    let rate = try #require(FrameRate(rate))
    var cues: [FilmCue] = []
    var frame = 0
    for number in 0..<200 {
      let start = frame + number % 3
      frame = start + 1 + number % 7
      cues.append(FilmCue("caption \(number)\n– zwei & <drei>", frames: start..<frame))
    }
    let again = try read(SubtitleText.subRip(cues, at: rate))
    #expect(again.map(\.text) == cues.map(\.text))
    for (cue, found) in zip(cues, again) {
      #expect(found.start == SubtitleText.milliseconds(cue.frames.lowerBound, at: rate))
      // Milliseconds are fine enough that frames come back.
      #expect(
        TimeLength.time(nanoseconds: Int64(found.end) * 1_000_000).roundedFrames(at: rate)
          == cue.frames.upperBound)
    }
  }

  @Test("An empty line within a caption does not end it")
  func emptyLines() throws {
    let cues = [FilmCue("one\n\n \r\ntwo --> three\n", frames: 0..<30)]
    #expect(try read(SubtitleText.subRip(cues, at: .thirty)).map(\.text) == ["one\ntwo --> three"])
    #expect(
      SubtitleText.webVTT(cues, at: .thirty)
        == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\none\ntwo --&gt; three\n\n")
  }

  @Test("Languages have codes of two letters and of three")
  func languages() {
    for code in ["en", "de", "no", "zh", "eng", "gsw"] { #expect(LanguageCode.isCode(code)) }
    for code in ["", "e", "EN", "xx", "en-US", "english", "é"] {
      #expect(!LanguageCode.isCode(code))
    }
    #expect(
      ["en", "de", "fr", "zh", "gsw"].map(LanguageCode.threeLetters) == [
        "eng", "deu", "fra", "zho", "gsw",
      ])
  }

  @Test("Captions end where the next one comes, and vanish where no frame is left")
  func placing() {
    let cues = [
      Assembly.Cue("a", start: FilmMark(offset: 0), end: FilmMark(piece: 0, .end)),
      Assembly.Cue("b", start: FilmMark(piece: 1, offset: -3), end: FilmMark(piece: 1, offset: 4)),
      Assembly.Cue("c", start: FilmMark(offset: 90), end: FilmMark(offset: 95)),
    ]
    let placed = FilmCue.placing(cues, in: [0..<10, 10..<20], of: 20)
    #expect(placed == [FilmCue("a", frames: 0..<7), FilmCue("b", frames: 7..<14)])
  }
}
