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
  ///
  /// It begins on an IDR picture. It ends where the packets so far, in decode order, show all
  /// pictures up to some rank and none beyond: a prefix in decode order never refers to what follows.
  init?(piece: Int, scan: PacketScan, ranks: Range<Int>, filmStart: Int) {
    let entries = scan.entries
    guard !ranks.isEmpty,
      let start = (ranks.lowerBound..<min(ranks.upperBound, entries.count)).first(where: {
        // Nothing before it in decode order is shown after it.
        entries[$0].isInstantRefresh && entries[$0].rank == $0
      })
    else { return nil }
    var (end, highest, delay, delayAtEnd) = (start, start, 0, 0)
    for place in start..<entries.count {
      guard let rank = entries[place].rank, ranks.contains(rank) else { break }
      highest = max(highest, rank)
      delay = max(delay, place - rank)
      if highest == place {
        end = place + 1
        delayAtEnd = delay
      }
    }
    guard end > start else { return nil }
    self.piece = piece
    let filmStart = filmStart + start - ranks.lowerBound
    film = filmStart..<filmStart + end - start
    packets = start..<end
    firstRank = start
    self.delay = delayAtEnd
  }
}
