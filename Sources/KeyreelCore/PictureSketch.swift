/// A picture in 8 × 8 parts: the mean luma and colour differences of each.
///
/// Enough to tell whether another picture has the same light and colours in the same places, small
/// enough to stand in a film's manifest for every keyframe.
public struct PictureSketch: Hashable, Sendable, Codable {
  /// Parts in a row, and rows.
  public static let side = 8

  /// Mean luma of each part in reading order, in 8-bit steps.
  public var luma: [Double]
  /// Mean blue difference of each part.
  public var blue: [Double]
  /// Mean red difference of each part.
  public var red: [Double]

  /// A sketch of `side × side` parts.
  public init(luma: [Double], blue: [Double], red: [Double]) {
    let parts = Self.side * Self.side
    precondition(
      luma.count == parts && blue.count == parts && red.count == parts,
      "a sketch has a value for each part")
    self.luma = luma
    self.blue = blue
    self.red = red
  }

  /// Mean luma of the whole picture.
  public var light: Double { luma.reduce(0, +) / Double(luma.count) }

  /// Mean colour differences of the whole picture.
  public var color: (blue: Double, red: Double) {
    (blue.reduce(0, +) / Double(blue.count), red.reduce(0, +) / Double(red.count))
  }

  /// Mean difference of parts from another picture's, their overall step of light left out.
  public func shape(against other: PictureSketch) -> Double {
    let step = light - other.light
    return zip(luma, other.luma).map { abs($0 - $1 - step) }.reduce(0, +) / Double(luma.count)
  }

  /// The sketch as a manifest keeps it: every value a whole step.
  public var rounded: PictureSketch {
    PictureSketch(
      luma: luma.map { $0.rounded() }, blue: blue.map { $0.rounded() },
      red: red.map { $0.rounded() })
  }

  /// Reads a text of as many bytes in hexadecimal as there are values.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    let parts = Self.side * Self.side
    let digits = Array(text.utf8)
    let bytes = stride(from: 0, to: digits.count - digits.count % 2, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
    guard digits.count == 6 * parts, bytes.count == 3 * parts else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no sketch of a picture"))
    }
    func plane(_ index: Int) -> [Double] {
      bytes[index * parts..<(index + 1) * parts].map(Double.init)
    }
    self.init(luma: plane(0), blue: plane(1), red: plane(2))
  }

  /// Writes each value as a byte, rounded; the mean of 64 is still good to a tenth of a step.
  public func encode(to encoder: any Encoder) throws {
    let bytes = (luma + blue + red).map { UInt8(max(0, min($0.rounded(), 255))) }
    var container = encoder.singleValueContainer()
    try container.encode(
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }
}
