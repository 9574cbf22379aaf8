/// The units (NAL) of which H.264 is made, between start codes or behind their lengths.
enum NetworkUnits {
  /// What a unit holds, as far as joining needs to know (table 7-1 of the standard).
  enum Kind { case slice, instantRefresh, sequenceSet, pictureSet, other }

  static func kind(_ unit: some Collection<UInt8>) -> Kind { kind(header: unit.first ?? 0) }

  static func kind(header: UInt8) -> Kind {
    switch header & 31 {
    case 1...4: .slice
    case 5: .instantRefresh
    case 7: .sequenceSet
    case 8: .pictureSet
    default: .other
    }
  }

  /// The units between start codes (annex B), without trailing zeros.
  static func split(_ bytes: [UInt8]) -> [[UInt8]] {
    var units: [[UInt8]] = []
    var start: Int?
    var index = 0
    func close(at end: Int) {
      guard let from = start else { return }
      var end = end
      while end > from, bytes[end - 1] == 0 { end -= 1 }
      if end > from { units.append(Array(bytes[from..<end])) }
    }
    while index + 2 < bytes.count {
      if bytes[index + 2] > 1 {
        index += 3
      } else if bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 {
        close(at: index)
        start = index + 3
        index += 3
      } else {
        index += 1
      }
    }
    close(at: bytes.count)
    return units
  }

  /// `unit` behind its length in four bytes.
  static func prefixed(_ unit: [UInt8]) -> [UInt8] {
    let count = UInt32(unit.count)
    return [
      UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255),
    ]
      + unit
  }

  /// Whether decoding can begin at this packet with nothing before it: an IDR picture is inside.
  static func holdsInstantRefresh(_ packet: UnsafeRawBufferPointer, lengthSize: Int) -> Bool {
    var place = 0
    while place + lengthSize < packet.count {
      var length = 0
      for index in 0..<lengthSize { length = length << 8 | Int(packet[place + index]) }
      switch kind(header: packet[place + lengthSize]) {
      case .instantRefresh: return true
      case .slice: return false
      default: place += lengthSize + length
      }
    }
    return false
  }
}
