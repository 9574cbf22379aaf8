import Foundation
import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("Loudness is measured and reached as EBU R 128 says, with ffmpeg as judge")
struct LoudnessTests {
  /// Tones and noises whose loudness changes, so that both gates have work to do.
  static let recipes = [
    "sine=frequency=997:duration=4",
    "anoisesrc=d=4:c=pink:seed=7:a=0.4",
    "aevalsrc='0.5*sin(2*PI*220*t)*(0.1+0.9*gt(mod(t,2),1))|0.4*sin(2*PI*2500*t):d=5'",
    "aevalsrc='0.9*sin(2*PI*11999*t+0.7)|0.2*sin(2*PI*60*t):d=3'",
  ]

  /// A chord that swells; AAC keeps it, where of noise it drops some tenths of a decibel.
  static let music =
    "aevalsrc='(0.1*sin(2*PI*220*t)+0.1*sin(2*PI*554*t)+0.06*sin(2*PI*1318*t))*(0.5+0.5*sin(t)):d=5:s=48000'"

  @Test("The meter agrees with ffmpeg's within 0.1 LU", arguments: recipes)
  func meter(recipe: String) throws {
    let scratch = try Scratch()
    let file = scratch.path("sound.wav")
    try Programs.ffmpeg(
      ["-f", "lavfi", "-i", recipe, "-ar", "48000", "-ac", "2", "-c:a", "pcm_f32le", file.string])
    let mixer = try SoundMixer(
      [SoundPart(path: file, range: 0..<3 * 48_000)], samples: 3 * 48_000)
    var meter = LoudnessMeter()
    while case let sound = try mixer.read(5000), !sound.left.isEmpty { meter.add(sound) }
    let judged = try Self.judge(file, seconds: 3)
    let integrated = try #require(meter.loudness.integrated)
    let peak = try #require(meter.loudness.truePeak)
    #expect(abs(integrated - judged.integrated) <= 0.1)
    // ffmpeg interpolates with another filter and prints tenths.
    #expect(abs(peak - judged.peak) <= 0.3)
  }

  @Test("Silence has no loudness")
  func silence() throws {
    var meter = LoudnessMeter()
    let silence = [Float](repeating: 0, count: 48_000)
    meter.add((silence, silence))
    #expect(meter.loudness == Loudness(integrated: nil, truePeak: nil))
  }

  @Test("A film comes out at the loudness asked for", arguments: [-2300, -1650])
  func reached(target: Int) throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let music = scratch.path("music.wav")
    try Programs.ffmpeg(
      ["-f", "lavfi", "-i", Self.music, "-ac", "2", music.string])
    var assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [try studio.clip(1, frames: 120)])
    assembly.sound = Assembly.SoundBed(path: music.string, digest: Digest.of("noise"), gain: -600)
    assembly.loudness = target
    let report = try studio.stitch(assembly)
    let verdict = try #require(report.loudness)
    #expect(verdict.shortfall == 0)
    let judged = try Self.judge(studio.film)
    #expect(abs(judged.integrated - Double(target) / 100) <= 0.1)
  }

  @Test("Peaks are never pushed over −1 dBTP, and the report tells what is missing")
  func peaks() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let music = scratch.path("clicks.wav")
    try Programs.ffmpeg(
      [
        "-f", "lavfi", "-i",
        "aevalsrc='if(lt(mod(t,0.5),0.002),0.8*sin(2*PI*1000*t),0.01*sin(2*PI*300*t))':d=4:s=48000",
        music.string,
      ])
    var assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [try studio.clip(1, frames: 90)])
    assembly.sound = Assembly.SoundBed(path: music.string, digest: Digest.of("clicks"))
    assembly.loudness = -1400
    let verdict = try #require(try studio.stitch(assembly).loudness)
    #expect(verdict.shortfall > 3)
    #expect(verdict.truePeak.map { abs($0 + verdict.gain - SoundVerdict.ceiling) < 0.001 } == true)
  }

  /// What ffmpeg's `ebur128` measures.
  static func judge(_ file: FilePath, seconds: Int? = nil) throws -> (
    integrated: Double, peak: Double
  ) {
    let limit = seconds.map { ["-t", "\($0)"] } ?? []
    let data = try Programs.output(
      "ffmpeg",
      ["-v", "error", "-i", file.string] + limit + [
        "-map", "0:a", "-af", "ebur128=peak=true:metadata=1,ametadata=print:file=-", "-f", "null",
        "-",
      ])
    var found: [String: Double] = [:]
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "=")
      if parts.count == 2 { found[String(parts[0])] = Double(parts[1]) }
    }
    let peaks = ["ch0", "ch1"].compactMap { found["lavfi.r128.true_peaks_\($0)"] }
    return (
      try #require(found["lavfi.r128.I"]), 20 * log10(try #require(peaks.max()))
    )
  }
}
