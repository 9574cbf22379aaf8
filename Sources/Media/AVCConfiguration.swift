/// What an H.264 decoder must know before the first picture: the `avcC` record of ISO/IEC 14496-15.
public struct AVCConfiguration: Hashable, Sendable {
  /// Sequence parameter sets, without length or start code.
  public var sequenceSets: [[UInt8]]
  /// Picture parameter sets, without length or start code.
  public var pictureSets: [[UInt8]]
  /// Bytes of the length in front of each unit in a packet: 1, 2 or 4.
  public var lengthSize: Int

  /// Reads an `avcC` record or, as encoders hand out, sets behind start codes; `nil` for anything else.
  public init?(extradata: [UInt8]) {
    let isRecord = extradata.first == 1
    guard let made = isRecord ? Self(record: extradata) : Self(units: extradata) else { return nil }
    // A set has at least its header, profile, constraints and level.
    guard made.sequenceSets.allSatisfy({ $0.count > 3 }) else { return nil }
    guard made.pictureSets.allSatisfy({ !$0.isEmpty }) else { return nil }
    self = made
  }

  private init?(record: [UInt8]) {
    guard record.count > 6 else { return nil }
    lengthSize = Int(record[4] & 3) + 1
    var place = 5
    func sets(_ mask: UInt8) -> [[UInt8]]? {
      guard place < record.count else { return nil }
      let count = Int(record[place] & mask)
      place += 1
      var found: [[UInt8]] = []
      for _ in 0..<count {
        guard place + 2 <= record.count else { return nil }
        let length = Int(record[place]) << 8 | Int(record[place + 1])
        guard place + 2 + length <= record.count else { return nil }
        found.append(Array(record[place + 2..<place + 2 + length]))
        place += 2 + length
      }
      return found
    }
    guard let sequences = sets(31), let pictures = sets(255), !sequences.isEmpty,
      !pictures.isEmpty
    else { return nil }
    sequenceSets = sequences
    pictureSets = pictures
  }

  private init?(units bytes: [UInt8]) {
    lengthSize = 4
    let units = NetworkUnits.split(bytes)
    sequenceSets = units.filter { NetworkUnits.kind($0) == .sequenceSet }
    pictureSets = units.filter { NetworkUnits.kind($0) == .pictureSet }
    if sequenceSets.isEmpty || pictureSets.isEmpty { return nil }
  }

  /// Whether a record can hold the sets and as many of an encoder: 31 and 255 of at most 64 KiB.
  ///
  /// Sets behind start codes may be more and longer than a record can count.
  public var hasRoom: Bool {
    sequenceSets.count < 16 && pictureSets.count < 128
      && (sequenceSets + pictureSets).allSatisfy { $0.count <= Int(UInt16.max) }
  }

  /// The configuration of a track that holds pictures of both; sets that both have stand once.
  public func merged(with other: AVCConfiguration) -> AVCConfiguration {
    var both = self
    both.sequenceSets += other.sequenceSets.filter { !sequenceSets.contains($0) }
    both.pictureSets += other.pictureSets.filter { !pictureSets.contains($0) }
    return both
  }

  /// Ids of all sets of either kind, to find a free one.
  public var setIDs: Set<Int> {
    Set(
      sequenceSets.compactMap { SequenceParameterSet($0)?.id }
        + pictureSets.compactMap(SequenceParameterSet.pictureSetID))
  }

  /// The `avcC` record; there must be room in it (``hasRoom``).
  public var record: [UInt8] {
    precondition(sequenceSets.count < 32 && pictureSets.count < 256, "sets fit into a record")
    // The widest profile and the highest level of all sets; byte 2 tells what all of them keep.
    let profile = sequenceSets.map { $0[1] }.max() ?? 0
    let level = sequenceSets.map { $0[3] }.max() ?? 0
    let kept = sequenceSets.reduce(UInt8(0xFF)) { $0 & $1[2] }
    var bytes: [UInt8] = [1, profile, kept, level, 0xFC | UInt8(lengthSize - 1)]
    bytes.append(0xE0 | UInt8(sequenceSets.count))
    append(sequenceSets, to: &bytes)
    bytes.append(UInt8(pictureSets.count))
    append(pictureSets, to: &bytes)
    // High profiles end with chroma format and bit depths: 4:2:0, 8 and 8 bits, no further sets.
    if ![66, 77, 88].contains(profile) { bytes += [0xFD, 0xF8, 0xF8, 0] }
    return bytes
  }

  /// All sets with lengths in front: what stands before a key picture in an `avc3` track.
  public var inBand: [UInt8] { (sequenceSets + pictureSets).flatMap(NetworkUnits.prefixed) }

  private func append(_ sets: [[UInt8]], to bytes: inout [UInt8]) {
    for set in sets { bytes += [UInt8(set.count >> 8), UInt8(set.count & 255)] + set }
  }
}
