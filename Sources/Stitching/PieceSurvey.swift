internal import Dispatch
internal import KeyreelCore
internal import Media
internal import Synchronization
internal import SystemPackage

/// A piece with what its file really holds.
struct SurveyedPiece: Sendable {
  /// Where the piece's pictures are.
  enum Content: Sendable {
    /// Pictures of a video, by their rank in the file.
    case video(PacketScan, ranks: RankMap, fit: Fit)
    case still(KeyframeUse)
  }

  var piece: Assembly.Piece
  var content: Content
  /// Film frames of the piece before drops, holds and overlaps.
  var pictures: Int
  /// Pictures that the source delivers, at its own rate.
  var delivered: Int
  /// Why no packets may be copied, so that all of the piece is encoded; `nil` when they may.
  var obstacle: String?

  /// Whether packets may be copied as they are.
  var isCopyable: Bool { obstacle == nil }
}

/// Which picture of a video stands for each film frame of a piece.
enum RankMap: Hashable, Sendable {
  /// One for one, from this rank on.
  case each(from: Int)
  /// The nearest in time, both ends kept; one rank per film frame, rising.
  case nearest([Int])

  func rank(of picture: Int) -> Int {
    switch self {
    case .each(let first): first + picture
    case .nearest(let ranks): ranks[picture]
    }
  }

  /// Spreads the pictures at `times` evenly in time over `count` film frames.
  static func spreading(_ times: ArraySlice<Int64>, over count: Int) -> RankMap {
    guard count > 1, let first = times.first, let last = times.last else {
      return .nearest(Array(repeating: times.startIndex, count: count))
    }
    var rank = times.startIndex
    let steps = Int128(count - 1)
    let ranks = (0..<count).map { index in
      // Compared in `steps` parts of a tick, so that nothing is rounded.
      let wanted = (Int128(last) - Int128(first)) * Int128(index)
      func distance(_ rank: Int) -> Int128 {
        abs((Int128(times[rank]) - Int128(first)) * steps - wanted)
      }
      while rank + 1 < times.endIndex, distance(rank + 1) <= distance(rank) { rank += 1 }
      return rank
    }
    return .nearest(ranks)
  }
}

/// Looks at every source once, before anything is written.
struct PieceSurvey {
  /// Film frames of the longest piece; one that is sampled keeps a number for each.
  private static let longest = 10_000_000
  /// Times the planned frames, and frames more, that a clip of another rate may fill.
  private static let mostTimes = 16
  private static let longestClip = 1200

  let assembly: Assembly
  let sources: FilmSources
  /// Of every frame of every file its times and kind, 24 bytes, which the film's pieces share.
  private var scans: [FilePath: Result<PacketScan, any Error>] = [:]

  init(_ assembly: Assembly, sources: FilmSources) {
    self.assembly = assembly
    self.sources = sources
  }

  mutating func survey(_ token: CancellationToken) throws -> [SurveyedPiece] {
    let paths = try assembly.pieces.map { piece -> FilePath? in
      try token.check()
      return switch piece.source {
      case .still: nil
      case .clip(let key): try sources.clip(key)
      case .footage(let path, _, _, _, _): try sources.file(path)
      }
    }
    scan(Array(Set(paths.compactMap(\.self))), token)
    try token.check()
    return try zip(assembly.pieces, paths).map { piece, path in
      guard let path, let scan = try scans[path]?.get() else {
        return SurveyedPiece(
          piece: piece, content: .still(try still(of: piece)), pictures: piece.frames,
          delivered: piece.frames, obstacle: "it is a still")
      }
      guard case .footage(_, _, let start, let count, let fit) = piece.source else {
        return try clip(piece, scan)
      }
      return try footage(piece, scan, start: start, count: count, fit: fit)
    }
  }

  /// Reads the indexes of several files at once; what went wrong is told when its piece's turn comes.
  private mutating func scan(_ paths: [FilePath], _ token: CancellationToken) {
    let found = Mutex<[FilePath: Result<PacketScan, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: paths.count) { index in
      guard !token.isCancelled else { return }
      let path = paths[index]
      let result = Result { try PacketScan(path) }
      found.withLock { $0[path] = result }
    }
    scans = found.withLock(\.self)
  }

  private func still(of piece: Assembly.Piece) throws -> KeyframeUse {
    guard case .still(let use) = piece.source else {
      preconditionFailure("every piece that is not a still has a file")
    }
    return use
  }

  private func clip(_ piece: Assembly.Piece, _ scan: PacketScan) throws -> SurveyedPiece {
    let isAtRate = scan.isConstant(at: assembly.frameRate)
    let came = isAtRate ? scan.frames : try filmFrames(of: scan, planned: piece.frames)
    if came != piece.frames, assembly.conform == .strict {
      throw OperationError(
        .verificationFailed,
        "\(piece.label): \(scan.path) has \(came) frames, \(piece.frames) were planned",
        remedy: "generate the clip again, or set `conform: accept` or `conform: retime`")
    }
    if assembly.conform == .strict, let deviation = scan.format.colorDeviation {
      throw OperationError(
        .verificationFailed,
        "\(piece.label): \(scan.path) is not as planned: \(deviation), BT.709 limited was planned",
        remedy: "generate the clip again, or set `conform: accept`, which converts its colours")
    }
    let pictures = assembly.conform == .retime ? piece.frames : came
    let isOneForOne = isAtRate && pictures == scan.frames
    return SurveyedPiece(
      piece: piece,
      content: .video(
        scan, ranks: isOneForOne ? .each(from: 0) : .spreading(scan.times[...], over: pictures),
        fit: .cover),
      pictures: pictures, delivered: scan.frames,
      obstacle: obstacle(scan, isOneForOne, spread: piece.frames))
  }

  private func footage(
    _ piece: Assembly.Piece, _ scan: PacketScan, start: Int, count: Int, fit: Fit
  ) throws -> SurveyedPiece {
    guard start >= 0, count > 0, count <= scan.frames - start else {
      throw OperationError(
        .corrupt,
        "\(scan.path): \(count) frames from \(start) on are wanted, the file has \(scan.frames)",
        remedy: "check `in` and `out`, or plan again if the file has changed")
    }
    guard (0...Self.longest).contains(piece.frames) else {
      throw OperationError(
        .unsupported, "\(piece.label): \(scan.path) would fill \(piece.frames) frames of the film",
        remedy: "give footage of a faster frame rate, or less of it")
    }
    let isOneForOne = piece.frames == count && scan.isConstant(at: assembly.frameRate)
    return SurveyedPiece(
      piece: piece,
      content: .video(
        scan,
        ranks: isOneForOne
          ? .each(from: start)
          : .spreading(scan.times[start..<start + count], over: piece.frames), fit: fit),
      pictures: piece.frames, delivered: count,
      obstacle: obstacle(scan, isOneForOne, spread: piece.frames))
  }

  private func obstacle(
    _ scan: PacketScan, _ isOneForOne: Bool, spread frames: Int
  ) -> String? {
    if !isOneForOne {
      let rate = scan.format.frameRate.map { " at \($0)/s" } ?? ""
      return "its \(scan.frames) frames\(rate) become \(frames) at \(assembly.frameRate)/s"
    }
    if !scan.hasTimes { return "it does not tell when its pictures are shown" }
    if scan.hidesPictures { return "an edit list hides some of its pictures" }
    return scan.format.obstacleToCopying(intoFilmOf: assembly.size)
  }

  /// Film frames that last as long as the pictures of `scan`, both ends kept.
  private func filmFrames(of scan: PacketScan, planned: Int) throws -> Int {
    guard let first = scan.times.first, let last = scan.times.last, last > first else { return 1 }
    let rate = assembly.frameRate
    let tick = scan.format.tick
    let length = Int128(last) - Int128(first)
    let numerator = length * Int128(tick.numerator) * Int128(rate.numerator)
    let denominator = Int128(tick.denominator) * Int128(rate.denominator)
    // Fourteen pictures that are to last for hours are no clip of seconds.
    let most = min(Self.longest, Self.mostTimes * planned + Self.longestClip)
    guard denominator > 0, numerator / denominator < Int128(most) else {
      throw OperationError(
        .corrupt, "\(scan.path): the times of its frames make no sense",
        remedy: "fetch or generate the file again")
    }
    let exact = Int((2 * numerator + denominator) / (2 * denominator)) + 1
    // Rates differ, so a length is rounded; the plan may have rounded the other way.
    return abs(exact - planned) <= 1 ? planned : exact
  }
}
