import KeyreelCore
import Media
import Stitching
import SystemPackage

/// Makes clips, knows what is on them, and stitches.
final class Studio {
  let folder: FilePath
  var film: FilePath { folder.appending("film.mp4") }
  private var paths: [RecipeKey: FilePath] = [:]
  private var marks: [RecipeKey: [Mark]] = [:]

  init(_ folder: FilePath) { self.folder = folder }

  static func key(_ name: Int) -> RecipeKey { RecipeKey(Digest.of("clip \(name)")) }

  /// A piece that shows all pictures of a new clip, written by our own encoder.
  func clip(
    _ name: Int, frames: Int, dropsLast: Bool = false, rate: FrameRate = .thirty, bFrames: Int = 0,
    keyInterval: Int = 12, options: String = ""
  ) throws -> Assembly.Piece {
    let path = folder.appending("clip-\(name).mp4")
    try MarkedClip.write(
      path, clip: name, frames: frames, rate: rate, bFrames: bFrames, keyInterval: keyInterval,
      options: options)
    return register(name, path, frames: frames, dropsLast: dropsLast)
  }

  /// A piece that shows all pictures of the clip at `path`.
  func register(
    _ name: Int, _ path: FilePath, frames: Int, dropsLast: Bool = false
  ) -> Assembly.Piece {
    paths[Self.key(name)] = path
    marks[Self.key(name)] = (0..<frames).map { Mark(clip: name, frame: $0) }
    return Assembly.Piece(
      source: .clip(Self.key(name)), label: "clip \(name)", frames: frames, dropsLast: dropsLast)
  }

  /// Every picture of every piece, as it was drawn.
  func pictures(_ assembly: Assembly) -> [[Expectation.Picture]] {
    assembly.pieces.map { piece in
      guard case .clip(let key) = piece.source else { return [] }
      return marks[key, default: []].map(\.levels)
    }
  }

  @discardableResult
  func stitch(
    _ assembly: Assembly, into output: FilePath? = nil,
    metadata: [(key: String, value: String)] = [], companions: [FilmCompanion] = [],
    token: CancellationToken = CancellationToken(),
    progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) throws -> StitchReport {
    let paths = paths
    return try Stitcher().stitch(
      assembly,
      from: FilmSources(
        clip: { key in
          guard let path = paths[key] else { throw OperationError(.notFound, "no clip \(key)") }
          return path
        },
        file: { FilePath($0) },
        still: { use in GeneratedFilm.picture(Int(use.name) ?? 0) }),
      into: output ?? film, title: "a film", metadata: metadata, companions: companions,
      token: token, progress: progress)
  }
}
