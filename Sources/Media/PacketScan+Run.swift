extension PacketScan {
  /// The longest run of packets that shows nothing outside `ranks`, and by how many pictures decoding
  /// runs ahead of showing in it; `nil` when there is none.
  ///
  /// It begins on an IDR picture. It ends where the packets so far, in decode order, show all
  /// pictures up to some rank and none beyond: a prefix in decode order never refers to what follows.
  public func run(showing ranks: Range<Int>) -> (packets: Range<Int>, delay: Int)? {
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
    return end > start ? (start..<end, delayAtEnd) : nil
  }
}
