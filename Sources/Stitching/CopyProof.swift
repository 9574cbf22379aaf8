public import KeyreelCore
internal import Media
public import SystemPackage

/// Holds the copied packets of a finished film against those of its clips, byte by byte.
///
/// Nothing is decoded. Used on one thread only.
public final class CopyProof {
  private let film: PacketScan

  /// Looks at the packets of the film at `path`; throws an ``OperationError`` that names it.
  public init(_ path: FilePath) throws { film = try PacketScan(path) }

  /// Looks at a piece's source; throws an ``OperationError`` that names it.
  public func source(_ path: FilePath) throws -> Source { Source(scan: try PacketScan(path)) }

  /// A clip or footage of which film frames are copies.
  public struct Source: Sendable {
    fileprivate let scan: PacketScan

    /// Pictures that it shows.
    public var frames: Int { scan.frames }
  }

  /// The first film frame of `range` that is no copy of the source's pictures from 0-based `picture` on;
  /// `nil` when all are.
  ///
  /// Copied runs keep their packets in decode order, so the packets are compared by their places. A key
  /// packet may have the clip's parameter sets in front of it.
  public func firstDifference(
    in range: Range<Int>, from source: Source, picture: Int, _ token: CancellationToken
  ) throws -> Int? {
    guard range.upperBound <= film.entries.count,
      picture >= 0, picture + range.count <= source.scan.entries.count
    else { return range.lowerBound }
    let sets = source.scan.format.configuration?.inBand ?? []
    var wanted: [Digest] = []
    var wantedInBand: [Digest] = []
    try source.scan.forEachPacket(in: picture..<picture + range.count) { _, packet in
      try token.check()
      wanted.append(Digest.of(packet.bytes))
      wantedInBand.append(packet.isKey ? Digest.of(sets + packet.bytes) : wanted[wanted.count - 1])
    }
    var different: Int?
    try film.forEachPacket(in: range) { place, packet in
      try token.check()
      guard different == nil else { return }
      let index = place - range.lowerBound
      let found = Digest.of(packet.bytes)
      let isSame = found == wanted[index] || found == wantedInBand[index]
      let rank = source.scan.entries[picture + index].rank.map { $0 - picture }
      let shown = film.entries[place].rank.map { $0 - range.lowerBound }
      if !isSame || rank != shown { different = range.lowerBound + max(0, shown ?? index) }
    }
    return different
  }
}

extension CopyProof {
  /// A run of film frames that are copies.
  public struct Run: Hashable, Sendable {
    /// Film frames.
    public var range: Range<Int>
    /// 0-based picture of the source that the first of them shows.
    public var picture: Int
  }

  /// Film frames of `manifest` that are copies, by the index of their piece.
  public static func copies(of manifest: FilmManifest) -> [Int: [Run]] {
    let ends = [0] + manifest.encoded.map { $0.start + $0.count }
    let starts = manifest.encoded.map(\.start) + [manifest.frames]
    let begins = manifest.pieces.map(\.firstPicture)
    var found: [Int: [Run]] = [:]
    var piece = 0
    for var start in zip(ends, starts).filter({ $0 < $1 }).map({ Stretch($0, $1) }) {
      while start.next < start.end {
        // The last piece that has begun; its holds are encoded, so copies stand in its motion.
        while piece + 1 < begins.count, begins[piece + 1] <= start.next { piece += 1 }
        let next = piece + 1 < begins.count ? begins[piece + 1] : manifest.frames
        let range = start.next..<max(start.next + 1, min(start.end, next))
        let first: Int =
          if case .footage(_, _, let begin, _, _) = manifest.edit.pieces[piece].source {
            begin
          } else { 0 }
        found[piece, default: []].append(
          Run(range: range, picture: first + start.next - begins[piece]))
        start.next = range.upperBound
      }
    }
    return found
  }

  private struct Stretch {
    var next: Int
    let end: Int

    init(_ start: Int, _ end: Int) { (next, self.end) = (start, end) }
  }
}
