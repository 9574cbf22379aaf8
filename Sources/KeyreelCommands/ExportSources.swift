internal import KeyreelCore
internal import Media
internal import Reporting
internal import Storage
internal import SystemPackage

/// Finds the files of a film's pieces, and writes their paths as seen from the exported file.
struct ExportSources: Sendable {
  let work: PipelineWork
  let film: FilmPlan
  let target: FilePath
  let format: ExportCommand.Format

  /// The film's edit; throws when a clip has not been made.
  func edit() throws -> EditList {
    let film = try DeliveredFilm(film) { key in
      try CommandFailure.atStore { try work.store.receipt(for: key) }
    }.film
    // Chapters and captions name no files, so nothing has to be there.
    if [.ffmetadata, .srt, .vtt].contains(format) {
      return EditList(
        film, file: { .init(file: "", start: 0, frames: $0.frames) }, sound: { $0 })
    }
    let keys = film.segments.map(\.chosen.key)
    try CommandFailure.atStore { try work.store.lookUp(keys) }
    return try EditList(
      film, file: source, sound: { written(work.project.root.pushing(FilePath($0))) })
  }

  private func source(of piece: Assembly.Piece) throws -> EditList.Source {
    switch piece.source {
    case .clip(let key):
      let receipt = try CommandFailure.atStore { try work.store.receipt(for: key) }
      guard let receipt else {
        throw OperationError(
          .notFound, "the clip \(piece.label) has not been made",
          remedy: "run the pipeline first: the edit is made of its clips")
      }
      let clip = try CommandFailure.atStore { try work.store.clip(receipt) }
      let delivered =
        film.assembly.conform == .retime
        ? DeliveredFilm.frames(receipt.inspection, planned: piece.frames, at: film.frameRate)
        : piece.frames
      return .init(
        file: written(clip), start: 0, frames: delivered,
        speed: .init(delivered, over: piece.frames))
    case .footage(let path, _, let start, let count, _):
      let file = work.project.root.pushing(FilePath(path))
      let facts = try MediaProbe.video(file, name: path)
      func inFilm(_ frames: Int) -> Int {
        let numerator =
          Int128(frames) * Int128(film.frameRate.numerator)
          * Int128(facts.frameRate.denominator)
        let denominator =
          Int128(film.frameRate.denominator) * Int128(facts.frameRate.numerator)
        return Int(clamping: (2 * numerator + denominator) / (2 * denominator))
      }
      return .init(
        file: written(file), start: inFilm(start),
        frames: max(inFilm(facts.frames), inFilm(start) + (count == 0 ? 0 : piece.frames)))
    case .still(let use):
      switch use.source {
      case .file(let path)?, .video(let path, _)?:
        return .init(file: written(work.project.root.pushing(FilePath(path))), start: 0, frames: 1)
      case .url(let address, _)?: return .init(file: address, start: 0, frames: 1)
      case nil: return .init(file: use.name, start: 0, frames: 1)
      }
    }
  }

  /// `file` relative to the exported file; OTIO's are URLs.
  private func written(_ file: FilePath) -> String {
    let place = RelativePath.text(
      of: file.lexicallyNormalized(), from: target.lexicallyNormalized().removingLastComponent())
    return format == .otio ? RelativePath.escaped(place) : place
  }
}

/// Paths as seen from a folder.
enum RelativePath {
  /// `file` as one would write it in `folder`; both are absolute.
  static func text(of file: FilePath, from folder: FilePath) -> String {
    let (there, here) = (Array(file.components), Array(folder.components))
    let shared = zip(there, here).prefix { $0 == $1 }.count
    let up = Array(repeating: "..", count: here.count - shared)
    return (up + there[shared...].map(\.string)).joined(separator: "/")
  }

  /// What may not stand in a URL's path as percent signs and digits (RFC 3986, 3.3).
  static func escaped(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return path.utf8.reduce(into: "") { result, byte in
      let isPlain =
        Character(UnicodeScalar(byte)).isASCII
        && "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!$&'()*+,;=@"
          .utf8.contains(byte)
      if isPlain {
        result.append(Character(UnicodeScalar(byte)))
      } else {
        result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}
