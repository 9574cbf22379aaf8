/// The part of an H.264 sequence parameter set that decides whether pictures can be joined by copying.
///
/// Read from the bits themselves (7.3.2.1.1 and E.1.1 of the standard), because a file's header does
/// not tell them and libav learns them only by decoding.
public struct SequenceParameterSet: Hashable, Sendable {
  /// The set's id, 0…31.
  public let id: Int
  /// 0 gray, 1 4:2:0, 2 4:2:2, 3 4:4:4.
  public let chromaFormat: Int
  /// Bits per luma sample.
  public let lumaDepth: Int
  /// Bits per chroma sample.
  public let chromaDepth: Int
  /// Whether pictures are always shown in the order in which they are decoded (8.2.1.3).
  public let showsAsDecoded: Bool
  /// Whether every picture is a whole frame.
  public let isProgressive: Bool
  /// Whether samples use the full range 0…255.
  public private(set) var isFullRange = false
  /// Shape of a sample, `(0, 0)` when not told.
  public private(set) var sampleWidth = 0
  /// Height of a sample's shape.
  public private(set) var sampleHeight = 0
  /// Colour primaries, transfer and matrix as in ISO/IEC 23091-2; 2 when not told.
  public private(set) var colorPrimaries = 2
  /// Transfer characteristics; 2 when not told.
  public private(set) var colorTransfer = 2
  /// Matrix coefficients; 2 when not told.
  public private(set) var colorMatrix = 2

  /// Reads a set that begins with its unit header; `nil` when the bits end too early.
  public init?(_ unit: [UInt8]) {
    var bits = BitReader(unit)
    guard let header = bits.read(8), header & 31 == 7, let profile = bits.read(8),
      bits.read(16) != nil, let id = bits.unsigned()
    else { return nil }
    self.id = id
    var (chroma, luma, color) = (1, 8, 8)
    if [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135].contains(profile) {
      guard let read = Self.highProfile(&bits) else { return nil }
      (chroma, luma, color) = read
    }
    (chromaFormat, lumaDepth, chromaDepth) = (chroma, luma, color)
    guard let (order, isProgressive) = Self.pictureOrder(&bits) else { return nil }
    showsAsDecoded = order == 2
    self.isProgressive = isProgressive
    if bits.read(1) == 1 { for _ in 0..<4 { _ = bits.unsigned() } }
    if bits.read(1) == 1 { readUsability(&bits) }
  }

  /// Why pictures of this set cannot stand in a film: 4:2:0, 8 bits, progressive, BT.709 limited.
  var obstacleToCopying: String? {
    if chromaFormat != 1 { return "its colours are not 4:2:0" }
    if lumaDepth != 8 || chromaDepth != 8 { return "it has \(max(lumaDepth, chromaDepth)) bits" }
    if !isProgressive { return "it is interlaced" }
    if sampleWidth != sampleHeight { return "its pixels are not square" }
    return colorDeviation
  }

  /// What of its colours is not BT.709 limited; `nil` when all is, or nothing is said.
  var colorDeviation: String? {
    if isFullRange { return "its samples use the full range" }
    // 6, 14 and 15 are BT.709's curve under other names.
    let isTagged =
      [1, 2].contains(colorPrimaries) && [1, 2].contains(colorMatrix)
      && [1, 2, 6, 14, 15].contains(colorTransfer)
    return isTagged ? nil : "its colours are not tagged BT.709"
  }

  /// The id of a picture parameter set.
  static func pictureSetID(_ unit: [UInt8]) -> Int? {
    var bits = BitReader(unit)
    return bits.read(8).flatMap { _ in bits.unsigned() }
  }

  private static func highProfile(_ bits: inout BitReader) -> (Int, Int, Int)? {
    guard let chroma = bits.unsigned() else { return nil }
    if chroma == 3 { _ = bits.read(1) }
    guard let luma = bits.unsigned(), let color = bits.unsigned() else { return nil }
    _ = bits.read(1)
    if bits.read(1) == 1 {
      for list in 0..<(chroma == 3 ? 12 : 8) where bits.read(1) == 1 {
        bits.skipScalingList(of: list < 6 ? 16 : 64)
      }
    }
    return (chroma, luma + 8, color + 8)
  }

  /// Reads on to the cropping; returns `pic_order_cnt_type` and `frame_mbs_only_flag`.
  private static func pictureOrder(_ bits: inout BitReader) -> (Int, Bool)? {
    _ = bits.unsigned()
    guard let order = bits.unsigned() else { return nil }
    if order == 0 {
      _ = bits.unsigned()
    } else if order == 1 {
      _ = bits.read(1)
      _ = bits.signed()
      _ = bits.signed()
      for _ in 0..<min(bits.unsigned() ?? 0, 255) { _ = bits.signed() }
    }
    _ = bits.unsigned()
    _ = bits.read(1)
    _ = bits.unsigned()
    _ = bits.unsigned()
    guard let wholeFrames = bits.read(1) else { return nil }
    if wholeFrames == 0 { _ = bits.read(1) }
    _ = bits.read(1)
    return (order, wholeFrames == 1)
  }

  private mutating func readUsability(_ bits: inout BitReader) {
    if bits.read(1) == 1 {
      let shape = bits.read(8) ?? 0
      if shape == 255 {
        sampleWidth = bits.read(16) ?? 0
        sampleHeight = bits.read(16) ?? 0
      } else if shape > 0 {
        // 1 is square; the others of table E-1 need no telling apart, none of them is.
        sampleWidth = shape == 1 ? 1 : 2
        sampleHeight = 1
      }
    }
    if bits.read(1) == 1 { _ = bits.read(1) }
    guard bits.read(1) == 1 else { return }
    _ = bits.read(3)
    isFullRange = bits.read(1) == 1
    guard bits.read(1) == 1 else { return }
    colorPrimaries = bits.read(8) ?? 2
    colorTransfer = bits.read(8) ?? 2
    colorMatrix = bits.read(8) ?? 2
  }
}

/// Reads bits and Exp-Golomb numbers (9.1) behind emulation prevention.
private struct BitReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ unit: [UInt8]) {
    var plain: [UInt8] = []
    plain.reserveCapacity(unit.count)
    var zeros = 0
    for byte in unit {
      if zeros >= 2, byte == 3 {
        zeros = 0
        continue
      }
      zeros = byte == 0 ? zeros + 1 : 0
      plain.append(byte)
    }
    bytes = plain
  }

  mutating func read(_ count: Int) -> Int? {
    guard place + count <= bytes.count * 8 else { return nil }
    var value = 0
    for _ in 0..<count {
      value = value << 1 | Int(bytes[place >> 3] >> UInt8(7 - place & 7) & 1)
      place += 1
    }
    return value
  }

  mutating func unsigned() -> Int? {
    var zeros = 0
    while let bit = read(1), bit == 0 { zeros += 1 }
    guard zeros < 32, let rest = read(zeros) else { return nil }
    return (1 << zeros) - 1 + rest
  }

  mutating func signed() -> Int? {
    unsigned().map { $0 & 1 == 1 ? ($0 + 1) / 2 : -($0 / 2) }
  }

  mutating func skipScalingList(of size: Int) {
    var (last, next) = (8, 8)
    for _ in 0..<size {
      if next != 0 { next = (last + (signed() ?? 0) + 256) & 255 }
      last = next == 0 ? last : next
    }
  }
}
