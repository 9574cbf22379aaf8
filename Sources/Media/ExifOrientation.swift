/// Reads the one EXIF field that pictures are shown by.
enum ExifOrientation {
  /// The orientation, 1…8, in the TIFF structure of `bytes` at `range`; `nil` when none is told.
  ///
  /// Layout: TIFF 6.0, sections 2 and 8 (tag 0x0112); EXIF 2.3, section 4.5.4.
  static func read(_ bytes: [UInt8], in range: Range<Int>) -> Int? {
    var start = range.lowerBound
    if bytes.has("Exif\0\0", at: start) { start += 6 }
    let isLittle = bytes.has("II", at: start)
    guard isLittle || bytes.has("MM", at: start) else { return nil }
    func number(_ count: Int, _ offset: Int) -> Int? {
      guard offset >= start, offset + count <= range.upperBound else { return nil }
      return isLittle ? bytes.little(count, at: offset) : bytes.big(count, at: offset)
    }
    guard number(2, start + 2) == 42, let first = number(4, start + 4),
      let entries = number(2, start + first)
    else { return nil }
    for entry in 0..<entries {
      let place = start + first + 2 + 12 * entry
      guard let tag = number(2, place) else { return nil }
      guard tag == 0x0112 else { continue }
      guard number(2, place + 2) == 3, let value = number(2, place + 8), (1...8).contains(value)
      else { return nil }
      return value
    }
    return nil
  }
}
