import Foundation
import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Sound lies under the film to the sample")
struct SoundTests {
  static let rate = 48_000

  /// Two tones, so that a shift of a single sample shows.
  static func tone(_ sample: Int) -> Double {
    let time = Double(sample) / Double(rate)
    return 0.25 * sin(2 * .pi * 440 * time) + 0.2 * sin(2 * .pi * 3107 * time)
  }

  static func write(_ path: FilePath, seconds: Double, arguments: [String]) throws {
    let raw = path.removingLastComponent().appending("tone.raw")
    let samples = (0..<Int(seconds * Double(rate))).map { Float(tone($0)) }
    let data = samples.withUnsafeBytes { Data($0) }
    try data.write(to: URL(fileURLWithPath: raw.string))
    try Programs.ffmpeg(
      ["-f", "f32le", "-ar", "\(rate)", "-ac", "1", "-i", raw.string] + arguments + [path.string])
  }

  /// The left side of the film's sound, cut to its track's length.
  static func decode(_ film: FilePath) throws -> [Double] {
    let data = try Programs.output(
      "ffmpeg", ["-v", "error", "-i", film.string, "-map", "0:a", "-f", "f32le", "-"])
    let floats = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    return stride(from: 0, to: floats.count, by: 2).map { Double(floats[$0]) }
  }

  @Test(
    "Any sound file starts, gains, fades and ends where it should",
    arguments: [
      ("wav", ["-c:a", "pcm_s16le"]), ("flac", []), ("mp3", ["-b:a", "192k"]),
      ("ogg", ["-c:a", "libvorbis", "-q:a", "6"]), ("m4a", ["-c:a", "aac", "-b:a", "192k"]),
      ("surround.wav", ["-c:a", "pcm_s16le", "-af", "pan=5.1|FL=c0|FR=c0"]),
      ("cd.wav", ["-c:a", "pcm_s16le", "-ar", "44100"]),
    ])
  func exact(kind: String, arguments: [String]) throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let music = scratch.path("music.\(kind)")
    try Self.write(music, seconds: 3, arguments: arguments)
    let pieces = try (0..<2).map { try studio.clip($0, frames: 31, dropsLast: $0 == 0) }
    var assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: pieces)
    assembly.sound = Assembly.SoundBed(
      path: music.string, digest: Digest.of(kind), start: 500_000_000, gain: -602, fadeIn: 6,
      fadeOut: 15)
    let report = try studio.stitch(assembly)
    #expect(report.hasSound)
    let samples = 61 * Self.rate / 30
    let sound = try Self.decode(studio.film)
    #expect((samples..<samples + 1024).contains(sound.count))
    let track = try Programs.probe(studio.film, "stream=duration_ts,time_base", stream: "a:0")[0]
    #expect(track == ["1/48000", "\(samples)"])
    // From the middle: half as loud, and aligned to the sample.
    let middle = 20_000..<60_000
    let wanted = middle.map { 0.5 * Self.tone($0 + Self.rate / 2) }
    #expect(Self.likeness(Array(sound[middle]), wanted) > 0.995)
    #expect(abs(Self.loudness(sound[middle]) / Self.loudness(wanted[...]) - 1) < 0.05)
    // The fades: silent at the ends, half way in the middle of the fade.
    #expect(Self.loudness(sound[..<200]) < 0.02)
    let half = sound[4_800 - 400..<4_800 + 400]
    let straight = (4_400..<5_200).map { 0.5 * Self.tone($0 + Self.rate / 2) }
    #expect(abs(Self.loudness(half) / Self.loudness(straight[...]) - 0.5) < 0.1)
    #expect(Self.loudness(sound[samples - 200..<samples]) < 0.02)
  }

  @Test("Music that is too short is followed by silence to the film's last frame")
  func short() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let music = scratch.path("music.wav")
    try Self.write(music, seconds: 0.5, arguments: ["-c:a", "pcm_s16le"])
    let rate = try #require(FrameRate(24000, 1001))
    let clip = try studio.clip(1, frames: 47, rate: rate)
    var assembly = Assembly(size: Mark.size, frameRate: rate, pieces: [clip])
    assembly.sound = Assembly.SoundBed(path: music.string, digest: Digest.of("short"))
    _ = try studio.stitch(assembly)
    let samples = 47 * Self.rate * 1001 / 24000
    let track = try Programs.probe(studio.film, "stream=duration_ts", stream: "a:0")[0]
    #expect(track == ["\(samples)"])
    let sound = try Self.decode(studio.film)
    #expect(Self.loudness(sound[4_000..<20_000]) > 0.1)
    #expect(Self.loudness(sound[30_000..<samples]) < 0.001)
  }

  @Test(
    "Music that changes its channels or its rate on the way goes on sounding",
    arguments: [
      ("mp3", ["-ac", "2"], ["-ac", "1"]), ("mp3", ["-ac", "1"], ["-ac", "2"]),
      ("aac", ["-ac", "2"], ["-ac", "1"]), ("aac", ["-ar", "44100"], ["-ar", "32000"]),
    ])
  func changes(kind: String, first: [String], second: [String]) throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let bare = kind == "mp3" ? ["-write_xing", "0", "-id3v2_version", "0"] : []
    var whole = Data()
    for arguments in [first, second] {
      let part = scratch.path("part.\(kind)")
      try Self.write(part, seconds: 1, arguments: arguments + bare)
      whole += try Data(contentsOf: URL(fileURLWithPath: part.string))
    }
    let music = scratch.path("music.\(kind)")
    try whole.write(to: URL(fileURLWithPath: music.string))
    let clip = try studio.clip(1, frames: 54)
    var assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip])
    assembly.sound = Assembly.SoundBed(path: music.string, digest: Digest.of(kind))
    _ = try studio.stitch(assembly)
    let sound = try Self.decode(studio.film)
    #expect(Self.loudness(sound[10_000..<40_000]) > 0.1)
    #expect(Self.loudness(sound[60_000..<85_000]) > 0.1)
  }

  @Test("A file without sound and a missing file are named")
  func noSound() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let clip = try studio.clip(1, frames: 5)
    for music in [scratch.path("clip-1.mp4"), scratch.path("missing.wav")] {
      var assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip])
      assembly.sound = Assembly.SoundBed(path: music.string, digest: Digest.of("none"))
      let error = #expect(throws: OperationError.self) { try studio.stitch(assembly) }
      #expect(error?.message.contains(music.string) == true)
      #expect(!FileManager.default.fileExists(atPath: studio.film.string))
    }
  }

  static func loudness(_ sound: ArraySlice<Double>) -> Double {
    (sound.reduce(0) { $0 + $1 * $1 } / Double(max(1, sound.count))).squareRoot()
  }

  /// 1 when two sounds are the same but for loudness.
  static func likeness(_ left: [Double], _ right: [Double]) -> Double {
    let product = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    return product / Double(left.count) / (loudness(left[...]) * loudness(right[...]))
  }
}
