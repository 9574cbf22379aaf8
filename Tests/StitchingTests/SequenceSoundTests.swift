import Foundation
import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Sequences bring their own sound, to the sample")
struct SequenceSoundTests {
  typealias Sound = Assembly.PieceSound

  static func tone(_ path: FilePath, _ frequency: Int, seconds: Double) throws {
    try Programs.ffmpeg(
      [
        "-f", "lavfi", "-i", "aevalsrc=0.3*sin(2*PI*\(frequency)*t):d=\(seconds):s=48000",
        "-c:a", "pcm_s16le", path.string,
      ])
  }

  /// How much of a tone of `frequency` is in `sound`, which begins at sample `start`.
  static func level(_ sound: ArraySlice<Double>, _ frequency: Double) -> Double {
    var (real, imaginary) = (0.0, 0.0)
    for (index, sample) in zip(sound.indices, sound) {
      let angle = 2 * .pi * frequency * Double(index) / 48_000
      real += sample * cos(angle)
      imaginary += sample * sin(angle)
    }
    return 2 * (real * real + imaginary * imaginary).squareRoot() / Double(sound.count)
  }

  private func bed(_ path: FilePath, start: Int64 = 0, loops: Bool = false) -> Assembly.SoundBed {
    .init(path: path.string, digest: Digest.of(path.string), start: start, loops: loops)
  }

  @Test("At a cut each sound ends and begins with its pictures")
  func cut() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let (low, high) = (scratch.path("low.wav"), scratch.path("high.wav"))
    try Self.tone(low, 500, seconds: 4)
    try Self.tone(high, 3000, seconds: 4)
    let pieces = try (0..<3).map { try studio.clip($0, frames: 20, dropsLast: $0 == 0) }
    var assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: pieces)
    assembly.pieceSounds = [
      Sound(firstPiece: 0, pieces: 2, bed: bed(low)),
      Sound(firstPiece: 2, pieces: 1, bed: bed(high)),
    ]
    _ = try studio.stitch(assembly)
    let sound = try SoundTests.decode(studio.film)
    let cut = 39 * 1600
    #expect(abs(Self.level(sound[4000..<cut - 2400], 500) - 0.3) < 0.02)
    #expect(Self.level(sound[4000..<cut - 2400], 3000) < 0.005)
    #expect(abs(Self.level(sound[cut + 2400..<cut + 30_000], 3000) - 0.3) < 0.02)
    #expect(Self.level(sound[cut + 2400..<cut + 30_000], 500) < 0.005)
    let track = try Programs.probe(studio.film, "stream=duration_ts", stream: "a:0")[0]
    #expect(track == ["\(59 * 1600)"])
  }

  @Test("Across a crossfade both are heard with equal power", arguments: HandleMode.allCases)
  func crossfade(handles: HandleMode) throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let (low, high) = (scratch.path("low.wav"), scratch.path("high.wav"))
    try Self.tone(low, 500, seconds: 4)
    try Self.tone(high, 3000, seconds: 4)
    var pieces = try (0..<2).map { try studio.clip($0, frames: 45) }
    pieces[1].crossfade = .init(frames: 24, handles: handles)
    var assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: pieces)
    assembly.pieceSounds = [
      Sound(firstPiece: 0, pieces: 1, bed: bed(low)),
      Sound(firstPiece: 1, pieces: 1, bed: bed(high, start: 1_000_000_000)),
    ]
    let report = try studio.stitch(assembly)
    #expect(report.frames == (handles == .overlap ? 66 : 90))
    let sound = try SoundTests.decode(studio.film)
    let blend = (handles == .overlap ? 21 : 33) * 1600
    for part in 1..<8 {
      let middle = blend + part * 24 * 1600 / 8
      let window = sound[middle - 480..<middle + 480]
      let (out, come) = (Self.level(window, 500) / 0.3, Self.level(window, 3000) / 0.3)
      #expect(abs(out - cos(Double(part) / 8 * .pi / 2)) < 0.06)
      #expect(abs(come - sin(Double(part) / 8 * .pi / 2)) < 0.06)
    }
  }

  @Test("An existing clip's own sound stays with its pictures, wherever the clip is cut")
  func own() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let clip = scratch.path("footage.mp4")
    // The tone begins exactly with picture 45 of the file.
    try Programs.ffmpeg(
      [
        "-f", "lavfi", "-i", "testsrc2=s=\(Mark.size.width)x\(Mark.size.height):r=30:d=3",
        "-f", "lavfi", "-i", "aevalsrc=if(gte(t\\,1.5)\\,0.4*sin(2*PI*1000*t)\\,0):d=3:s=44100",
        "-c:v", "libx264", "-c:a", "aac", "-b:a", "192k", clip.string,
      ])
    var assembly = Assembly(
      size: Mark.size, frameRate: .thirty,
      pieces: [
        try studio.clip(1, frames: 10),
        .init(
          source: .footage(
            path: clip.string, digest: Digest.of("f"), start: 30, count: 40, fit: .cover),
          label: "footage", frames: 40),
      ])
    assembly.pieceSounds = [
      Sound(firstPiece: 1, pieces: 1, bed: bed(clip, start: 1_000_000_000), isOwn: true)
    ]
    _ = try studio.stitch(assembly)
    let sound = try SoundTests.decode(studio.film)
    let begin = (10 + 15) * 1600
    #expect(SoundTests.loudness(sound[16_000..<begin - 600]) < 0.005)
    #expect(abs(Self.level(sound[begin + 600..<begin + 30_000], 1000) - 0.4) < 0.03)
    let onset = try #require(sound.firstIndex { abs($0) > 0.05 })
    // AAC smears a beginning by a fraction of its window of 21 ms.
    #expect(abs(onset - begin) < 500)
  }

  @Test("A loop goes on without a gap, from where the music was to begin")
  func loop() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let music = scratch.path("second.wav")
    // Half a second of nothing, then exactly 250 periods of 500 Hz.
    try Programs.ffmpeg(
      [
        "-f", "lavfi", "-i", "aevalsrc=if(gte(t\\,0.5)\\,0.3*sin(2*PI*500*t)\\,0):d=1:s=48000",
        "-c:a", "pcm_s16le", music.string,
      ])
    var assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [try studio.clip(1, frames: 75)])
    assembly.sound = bed(music, start: 500_000_000, loops: true)
    _ = try studio.stitch(assembly)
    let sound = try SoundTests.decode(studio.film)
    #expect(abs(Self.level(sound[2000..<110_000], 500) - 0.3) < 0.01)
    for seam in [24_000, 48_000, 72_000] {
      #expect(SoundTests.loudness(sound[seam - 48..<seam + 48]) > 0.19)
    }
  }
}
