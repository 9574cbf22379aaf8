import Foundation
import KeyreelTesting
import Testing

@Suite("Films whose joins were mended")
struct MendedFilmTests {
  /// Waves that move on by six pixels from still to still.
  private static func waves(_ number: Int) -> Data {
    TinyStill.png { x, y in
      let (place, height) = (Double(x + number * 6), Double(y))
      func light(_ channel: Double) -> UInt8 {
        UInt8(
          128 + 60 * sin(place / 4 + channel) + 60 * cos(height / 5 + channel * 2 + place / 9))
      }
      return (light(0), light(1), light(2))
    }
  }

  /// A chain of clips that miss their last keyframe, as those of paid models do.
  private static func project() async throws -> TemporaryProject {
    let project = try TemporaryProject()
    try project.write(TinyModel.profile, to: "models/tiny.json")
    for number in 0..<4 { try project.write(waves(number), to: "stills/\(number).png") }
    try project.write(
      """
      keyreel: 1
      prompt: waves
      backend: rough
      backends:
        rough: {kind: animatic, quirks: true}
      defaults: {model: test/tiny, frames: 36}
      sequences:
        - name: sea
          keyframes: [stills/0.png, stills/1.png, stills/2.png, stills/3.png]
      film:
        conform: accept
        joins: {mend: auto}

      """, to: "film.yaml")
    return project
  }

  /// What a command begins with to have no network at all, where this machine allows that.
  private static let cutOff: [String] = {
    let words = ["unshare", "--net", "--map-root-user"]
    let isAllowed = (try? OtherProgram.run(words[0], words.dropFirst() + ["true"])) != nil
    return isAllowed ? words : []
  }()

  @Test("They are verified, and made again with the same bytes from clips alone, without a network")
  func rebuilt() async throws {
    let project = try await Self.project()
    let run = try await project.make("film.yaml")
    #expect(run.errors.contains("2 mended joins"), "\(run.errors)")
    let film = "films/film.mp4"
    let verify = try await project.keyreel("verify", film, "--strict-joins")
    #expect(verify.status == 0, "\(verify)")

    let (bytes, manifest) = (
      try project.data(film), try project.data(film + ".manifest.json")
    )
    // What was mended was encoded, and all else copied.
    #expect(try project.copiedFrame(film).frame > 0)
    try project.remove(film)
    try project.remove("film.yaml")
    let rebuild = Self.cutOff + [KeyreelProcess.program.path, "rebuild", "--offline", film]
    try OtherProgram.run(rebuild[0], Array(rebuild.dropFirst()), in: project.folder)
    #expect(try project.data(film) == bytes)
    #expect(try project.data(film + ".manifest.json") == manifest)
  }
}
