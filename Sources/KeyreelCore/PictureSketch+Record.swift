/// The form in which a store keeps sketches: 256 parts of a step in two bytes, a digest at the end.
extension PictureSketch {
  /// The record.
  public var record: [UInt8] {
    let bytes = (luma + blue + red).flatMap { value in
      let number = UInt16(clamping: Int((value * 256).rounded()))
      return [UInt8(number & 255), UInt8(number >> 8)]
    }
    return bytes + Digest.of(bytes).bytes
  }

  /// Reads a ``record``; `nil` for one that is damaged.
  public init?(record: [UInt8]) {
    let parts = Self.side * Self.side
    let length = 6 * parts
    guard record.count == length + 32,
      Digest.of(record[..<length]).bytes == Array(record[length...])
    else { return nil }
    let values = (0..<3 * parts).map { index -> Double in
      let number = UInt16(record[2 * index]) | UInt16(record[2 * index + 1]) << 8
      return Double(number) / 256
    }
    self.init(
      luma: Array(values[..<parts]), blue: Array(values[parts..<2 * parts]),
      red: Array(values[(2 * parts)...]))
  }
}
