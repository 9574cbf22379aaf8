import Foundation
import KeyreelCore
import Media
import Stitching
import SystemPackage
import Testing

@Suite("What goes wrong is told with the file's name, and leaves nothing behind")
struct FaultTests {
  /// Stitches a good clip and the file at `path`; returns the error.
  private func error(_ studio: Studio, _ path: FilePath) throws -> OperationError? {
    let good = try studio.clip(1, frames: 9, dropsLast: true)
    let bad = studio.register(2, path, frames: 9)
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [good, bad])
    let error = #expect(throws: OperationError.self) { try studio.stitch(assembly) }
    #expect(error?.message.contains(path.string) == true, "\(error?.description ?? "none")")
    #expect(!FileManager.default.fileExists(atPath: studio.film.string))
    return error
  }

  @Test("A missing clip")
  func missing() throws {
    let scratch = try Scratch()
    let error = try error(Studio(scratch.folder), scratch.path("missing.mp4"))
    #expect(error?.code == .notFound)
  }

  @Test(
    "Something else under a clip's name",
    arguments: [
      "", "<!DOCTYPE html><title>502</title>", "\n {\"error\": \"quota\"}", "noise noise noise",
      String(repeating: "\0", count: 4096),
    ])
  func otherContent(text: String) throws {
    let scratch = try Scratch()
    let path = scratch.path("clip.mp4")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
    #expect(try error(Studio(scratch.folder), path)?.code == .corrupt)
  }

  @Test("A pipe under a clip's name is not waited for")
  func pipe() throws {
    let scratch = try Scratch()
    let path = scratch.path("clip.mp4")
    mkfifo(path.string, 0o600)
    #expect(try error(Studio(scratch.folder), path)?.code == .wrongKind)
    var assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [])
    let studio = Studio(scratch.folder)
    assembly.pieces = [try studio.clip(1, frames: 4)]
    assembly.sound = Assembly.SoundBed(path: path.string, digest: Digest.of("pipe"))
    #expect(throws: OperationError.self) { try studio.stitch(assembly) }
  }

  @Test("A picture or sound under a clip's name")
  func otherMedia() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let (picture, sound) = (scratch.path("picture.mp4"), scratch.path("sound.mp4"))
    try Programs.ffmpeg([
      "-f", "lavfi", "-i", "testsrc2=s=64x48", "-frames:v", "1", "-f", "image2", "-c:v", "png",
      picture.string,
    ])
    try Programs.ffmpeg(["-f", "lavfi", "-i", "sine=440:duration=1", sound.string])
    #expect(try error(studio, picture)?.code == .unsupported)
    #expect(try error(studio, sound)?.code == .unsupported)
  }

  @Test("A clip that is cut short, wherever", arguments: [40, 400, 1500, 4000, -1])
  func truncated(length: Int) throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let path = scratch.path("short.mp4")
    try MarkedClip.write(path, clip: 2, frames: 60)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path.string))
    #expect(whole.count > 4000)
    try whole.prefix(length < 0 ? whole.count - 1 : length)
      .write(to: URL(fileURLWithPath: path.string))
    let error = try error(studio, path)
    #expect(error?.code == .corrupt, "\(error?.description ?? "none")")
  }

  @Test("Damage inside a clip is found where its pictures have to be decoded")
  func bitRot() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let path = scratch.path("rotten.mp4")
    try MarkedClip.write(path, clip: 2, frames: 60, keyInterval: 250)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path.string))
    for place in stride(from: bytes.count / 2, to: bytes.count - 200, by: 40) {
      bytes[place] ^= 0xFF
    }
    try bytes.write(to: URL(fileURLWithPath: path.string))
    var clip = studio.register(2, path, frames: 60)
    clip.holdAfter = 3
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip])
    let error = #expect(throws: OperationError.self) { try studio.stitch(assembly) }
    #expect(error?.code == .corrupt)
    #expect(error?.message.contains(path.string) == true)
  }

  @Test("Random damage anywhere gives a film or an error, never a crash")
  func randomDamage() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let path = scratch.path("damaged.mp4")
    try MarkedClip.write(path, clip: 2, frames: 20, bFrames: 2)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path.string))
    var dice = SplitMix(state: 7)
    var told = 0
    for _ in 0..<FilmAlgebraTests.count {
      var bytes = whole
      for _ in 0..<dice.roll(1...8) {
        // The index stands in front; most of the damage goes there.
        let end = dice.isLucky(3) ? bytes.count - 1 : min(bytes.count - 1, 1400)
        bytes[dice.roll(0...end)] = UInt8(dice.roll(0...255))
      }
      try bytes.write(to: URL(fileURLWithPath: path.string))
      var clip = studio.register(2, path, frames: 20)
      clip.holdAfter = 1
      let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip])
      do {
        try studio.stitch(assembly)
      } catch let error as OperationError {
        #expect(error.message.contains(scratch.folder.string), "\(error)")
        told += 1
      }
    }
    #expect(told > FilmAlgebraTests.count / 4)
  }

  @Test("A full disk is told as such")
  func fullDisk() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let clip = try studio.clip(1, frames: 30)
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip])
    // A device on which every write answers "no space left".
    let error = #expect(throws: OperationError.self) {
      try studio.stitch(assembly, into: "/dev/full")
    }
    #expect(error?.code == .diskFull, "\(error?.description ?? "none")")
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test("A folder that is not there or may not be written")
  func noFolder() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let clip = try studio.clip(1, frames: 3)
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip])
    let error = #expect(throws: OperationError.self) {
      try studio.stitch(assembly, into: scratch.path("missing/film.mp4"))
    }
    #expect(error?.code == .notFound)
  }

  @Test("`conform: strict` refuses other frames than planned, by the piece's name")
  func strict() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    var clip = try studio.clip(1, frames: 14)
    clip.frames = 13
    let assembly = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [clip], conform: .strict)
    let error = #expect(throws: OperationError.self) { try studio.stitch(assembly) }
    #expect(error?.code == .verificationFailed)
    #expect(error?.message.contains("clip 1") == true)
  }

  @Test("A stop is honoured between packets and leaves no film")
  func cancelled() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    let clip = try studio.clip(1, frames: 30)
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip])
    let token = CancellationToken()
    var last = 0
    let error = #expect(throws: OperationError.self) {
      try studio.stitch(assembly, token: token) { done, _ in
        last = done
        if done == 7 { token.cancel() }
      }
    }
    #expect(error?.code == .interrupted)
    #expect(last == 7)
    #expect(!FileManager.default.fileExists(atPath: studio.film.string))
  }

  @Test("A finished film that is damaged later does not pass")
  func damagedFilm() throws {
    let scratch = try Scratch()
    let studio = Studio(scratch.folder)
    var clip = try studio.clip(1, frames: 40)
    clip.holdAfter = 5
    let assembly = Assembly(size: Mark.size, frameRate: .thirty, pieces: [clip])
    let report = try studio.stitch(assembly)
    #expect(try FilmCheck(studio.film, expecting: report.film, depth: .everything).decoded == 45)
    var other = report.film
    other.frames = 44
    #expect(throws: OperationError.self) { try FilmCheck(studio.film, expecting: other) }
    other = report.film
    other.frameRate = try #require(FrameRate(25))
    #expect(throws: OperationError.self) { try FilmCheck(studio.film, expecting: other) }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: studio.film.string))
    for place in stride(from: bytes.count - 3000, to: bytes.count - 100, by: 30) {
      bytes[place] ^= 0xFF
    }
    try bytes.write(to: URL(fileURLWithPath: studio.film.string))
    let error = #expect(throws: OperationError.self) {
      try FilmCheck(studio.film, expecting: report.film, depth: .everything)
    }
    #expect(error?.code == .verificationFailed)
    #expect(error?.message.contains("clip 1") == true)
  }
}
