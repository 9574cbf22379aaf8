#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// Keeps a film from being written over a file that it is made of.
struct OutputGuard {
  let root: FilePath
  /// Where the paths of films begin.
  let filmFolder: FilePath

  /// Checks all outputs of `plan`; throws a ``CommandFailure`` that names the output and the source.
  func check(_ plan: Plan) throws {
    for film in plan.films {
      for output in film.outputs + film.companions.map(\.path) {
        try check(output, of: film, in: plan)
      }
    }
  }

  /// Checks one output of `film` against its own sources and the pipeline file.
  func check(_ output: String, of film: FilmPlan, in plan: Plan) throws {
    let target = Place(of: filmFolder.pushing(FilePath(output)))
    for source in Self.sources(of: film) + [plan.pipeline]
    where Place(of: root.pushing(FilePath(source))).isSame(as: target) {
      throw CommandFailure(
        OperationError(
          .unsupported,
          "the film \(film.name) would be written to \(output) over its own \(source)",
          remedy: "name another output"),
        .pipelineInvalid)
    }
  }

  /// Throws when `target` is one of the root-relative `sources`; `name` is what messages call it.
  func refuse(_ target: FilePath, called name: String, over sources: Set<String>) throws {
    let place = Place(of: target)
    for source in sources where Place(of: root.pushing(FilePath(source))).isSame(as: place) {
      throw CommandFailure(
        OperationError(
          .unsupported, "\(name) is \(source), of which the film is made",
          remedy: "name another place with -o"),
        .usage)
    }
  }

  private static func sources(of film: FilmPlan) -> Set<String> {
    var paths: Set<String> = []
    func add(_ use: KeyframeUse) {
      switch use.source {
      case .file(let path), .video(let path, _): paths.insert(path)
      case .url, nil: break
      }
    }
    for segment in film.segments {
      add(segment.first)
      add(segment.last)
    }
    for piece in film.assembly.pieces {
      switch piece.source {
      case .footage(let path, _, _, _, _): paths.insert(path)
      case .still(let use): add(use)
      case .clip: break
      }
    }
    paths.formUnion(film.assembly.soundBeds.map(\.path))
    paths.formUnion(
      film.assembly.drawnLooks(with: film.companions.map(\.captions)).flatMap(\.fonts)
        .compactMap { $0.digest == nil ? nil : $0.name })
    paths.formUnion(film.assembly.captions.compactMap(\.file))
    return paths
  }

  /// Where a file is: by its name, and by what is there.
  private struct Place {
    let path: FilePath
    let file: (device: dev_t, inode: ino_t)?

    init(of path: FilePath) {
      self.path = path.lexicallyNormalized()
      var info = stat()
      file = stat(path.string, &info) == 0 ? (info.st_dev, info.st_ino) : nil
    }

    func isSame(as other: Place) -> Bool {
      if path == other.path { return true }
      guard let file, let other = other.file else { return false }
      return file == other
    }
  }
}
