import Foundation
import Glibc
import KeyreelCore
import Media
import Stitching
import SystemPackage

/// Every way by which a media file gets into the program, taken with one damaged file.
struct Intake {
  private let ways: Ways
  private(set) var complaints: [String] = []
  /// How many of the ways ended with an error that names the file.
  private(set) var refusals = 0
  /// How many of the ways were gone to the end.
  private(set) var successes = 0

  /// Works in `folder`; the clip `good` stands beside the damaged one in films.
  init(folder: FilePath, good: FilePath) { ways = Ways(folder: folder, good: good) }

  /// Takes all ways with `bytes`, made of `seed`.
  mutating func take(_ bytes: [UInt8], of seed: HostileSeeds.Seed, number: Int) async throws {
    let ways = ways
    let name = "case.\(seed.path.extension ?? "mp4")"
    let path = ways.folder.appending(name)
    try FileBytes.write(bytes, to: path)
    let inspection = await attempt("inspection", name) {
      try await StrictInspector(threads: 1).inspect(path)
    }
    let facts = attempt("probe", name) { try MediaProbe.video(path) }
    if facts != nil {
      attempt("stills", name) {
        let frames = try VideoFrames(path)
        _ = try frames.picture(at: 0)
        _ = try frames.lastPicture()
      }
    }
    let sound = attempt("sound", name) { try MediaProbe.sound(path) }
    let film = ways.clip(path, seed, number: number, withSound: sound != nil)
    let delivered = attempt("stitching", name) { try ways.stitch(film, path)?.pieces[1].delivered }
    if let inspection, let delivered = delivered ?? nil, delivered != inspection.frames {
      complaints.append("\(delivered) frames were stitched, \(inspection.frames) inspected")
    }
    let part = Assembly(size: Mark.size, frameRate: .thirty, pieces: [ways.footage(path, number)])
    attempt("footage", name) { try ways.stitch(part, path) }
    attempt("verify", name) { try ways.verify(path, seed) }
  }

  /// Notes what is wrong beside the ways themselves.
  mutating func complain(_ text: String) { complaints.append(text) }

  /// Runs one way; anything thrown but an error that names the file is a complaint.
  @discardableResult
  private mutating func attempt<Value>(
    _ way: String, _ name: String, _ body: () throws -> Value
  ) -> Value? {
    do {
      let value = try body()
      successes += 1
      return value
    } catch {
      judge(error, way, name)
      return nil
    }
  }

  private mutating func attempt<Value>(
    _ way: String, _ name: String, _ body: () async throws -> Value
  ) async -> Value? {
    do {
      let value = try await body()
      successes += 1
      return value
    } catch {
      judge(error, way, name)
      return nil
    }
  }

  private mutating func judge(_ error: any Error, _ way: String, _ name: String) {
    refusals += 1
    guard let error = error as? OperationError else {
      complaints.append("\(way): \(error)")
      return
    }
    // A piece is called by its label where the file is sound but does not fit.
    if !error.message.contains(name), !error.message.contains("damaged piece") {
      complaints.append("\(way) does not name the file: \(error)")
    }
  }

}

/// The ways that end in a film, or look at one.
private struct Ways {
  let folder: FilePath
  let good: FilePath

  func clip(
    _ path: FilePath, _ seed: HostileSeeds.Seed, number: Int, withSound: Bool
  ) -> Assembly {
    let first = Assembly.Piece(
      source: .clip(Studio.key(1)), label: "good", frames: HostileSeeds.frames, dropsLast: true)
    let second = Assembly.Piece(
      source: .clip(Studio.key(2)), label: "damaged piece", frames: seed.frames,
      dropsLast: number % 3 == 0, holdAfter: number % 2)
    var film = Assembly(
      size: Mark.size, frameRate: .thirty, pieces: [first, second],
      conform: number % 5 == 0 ? .retime : .accept, mend: number % 4 == 0 ? .auto : .off)
    if withSound {
      film.sound = Assembly.SoundBed(
        path: path.string, digest: Digest.of("sound"), start: Int64(number % 3) * 10_000_000,
        loops: number % 2 == 0)
    }
    return film
  }

  func footage(_ path: FilePath, _ number: Int) -> Assembly.Piece {
    Assembly.Piece(
      source: .footage(
        path: path.string, digest: Digest.of("footage"), start: number % 4, count: 5,
        fit: [.cover, .contain, .blur, .stretch][number % 4]),
      label: "damaged piece", frames: 5)
  }

  /// Stitches, and looks at all frames of the film that was made.
  @discardableResult
  func stitch(_ assembly: Assembly, _ path: FilePath) throws -> StitchReport? {
    let film = folder.appending("film.mp4")
    defer { unlink(film.string) }
    let report = try Stitcher().stitch(
      assembly,
      from: FilmSources(
        clip: { $0 == Studio.key(1) ? good : path }, file: { FilePath($0) },
        still: { _ in GeneratedFilm.picture(0) }),
      into: film, title: "case")
    // A clip of ten thousand frames would be no crash, but a long wait.
    guard report.frames < 2000 else { return report }
    let check = try FilmCheck(film, expecting: report.film, depth: .joins)
    if check.frames != report.frames {
      throw OperationError(.corrupt, "the film has \(check.frames), not \(report.frames) frames")
    }
    return report
  }

  func verify(_ path: FilePath, _ seed: HostileSeeds.Seed) throws {
    let film = StitchedFilm(
      size: Mark.size, frameRate: .thirty, frames: seed.frames,
      encoded: [FilmStretch(start: 2, count: seed.frames - 4)])
    let check = try FilmCheck(path, expecting: film, depth: .everything)
    guard check.frames == seed.frames else {
      throw OperationError(.corrupt, "a film of \(check.frames) frames was let through")
    }
    let place = JoinPlace(
      before: "a", after: "b", frame: 5, kind: .chained,
      framesBefore: FilmStretch(start: 0, count: 5),
      framesAfter: FilmStretch(start: 5, count: seed.frames - 5))
    let joins = try FilmJoins(path, size: Mark.size)
    _ = try joins.figures(at: place)
    _ = try joins.strip(at: place)
  }
}
