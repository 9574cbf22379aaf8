internal import Media

/// A run of packets that goes into the film bit for bit.
struct CopyRun: Hashable, Sendable {
  /// Index of the piece.
  var piece: Int
  /// Film frames that the packets show.
  var film: Range<Int>
  /// The packets, by their place in the file's decode order.
  var packets: Range<Int>
  /// Rank of the first picture shown.
  var firstRank: Int
  /// Pictures by which decoding runs ahead of showing.
  var delay: Int

  /// The longest run that shows nothing outside `ranks`; `nil` when there is none.
  init?(piece: Int, scan: PacketScan, ranks: Range<Int>, filmStart: Int) {
    guard let run = scan.run(showing: ranks) else { return nil }
    self.piece = piece
    let filmStart = filmStart + run.packets.lowerBound - ranks.lowerBound
    film = filmStart..<filmStart + run.packets.count
    packets = run.packets
    firstRank = run.packets.lowerBound
    delay = run.delay
  }
}
