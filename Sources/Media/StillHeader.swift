internal import KeyreelCore

/// What a still's own header says, read before a byte of it is decoded.
struct StillHeader: Equatable {
  enum Format: String {
    case jpeg = "JPEG"
    case png = "PNG"
    case webp = "WebP"
  }

  var format: Format
  /// As stored, before orientation.
  var size: PixelSize
  var bitDepth = 8
  var hasAlpha = false
  /// EXIF orientation, 1…8.
  var orientation = 1

  /// The longest side that is decoded, in pixels.
  static let sideLimit = 16_384
  /// The largest picture that is decoded, in pixels.
  static let areaLimit = 100_000_000

  /// Reads and checks the header and the whole structure of the file in `bytes`.
  ///
  /// A file that ends before its end marker, moves, or is too large is refused here.
  init(_ bytes: [UInt8], name: String) throws {
    let kind = FileKind(bytes.prefix(512))
    switch kind {
    case .jpeg: self = try JPEGStructure.header(bytes, name: name)
    case .png: self = try PNGStructure.header(bytes, name: name)
    case .webp: self = try WebPStructure.header(bytes, name: name)
    case .otherPicture("GIF"):
      throw OperationError(
        .animated, "\(name) is a GIF, which may move", remedy: "save one picture of it as PNG")
    default:
      throw MediaFailure.wrongKind(name, kind, wanted: "a JPEG, PNG or WebP picture")
    }
  }

  init(_ format: Format, size: PixelSize, name: String) throws {
    self.format = format
    self.size = size
    guard size.width > 0, size.height > 0 else {
      throw OperationError(
        .badSize, "\(name) says that it has \(size.width)×\(size.height) pixels",
        remedy: "export the picture again")
    }
    guard max(size.width, size.height) <= Self.sideLimit, size.area <= Self.areaLimit else {
      throw OperationError(
        .badSize,
        "\(name) has \(size.width)×\(size.height) pixels; the limits are \(Self.sideLimit) per side "
          + "and \(Self.areaLimit / 1_000_000) million in all",
        remedy: "scale the picture down; canvases are far smaller")
    }
  }

  static func animated(_ name: String, _ format: String) -> OperationError {
    OperationError(
      .animated, "\(name) is an animated \(format) picture; a keyframe is one still",
      remedy: "save one picture of it as PNG")
  }
}

extension [UInt8] {
  /// The big-endian number of `count` bytes at `offset`; `nil` when it is not all there.
  func big(_ count: Int, at offset: Int) -> Int? {
    guard offset >= 0, offset + count <= self.count else { return nil }
    return (0..<count).reduce(0) { $0 << 8 | Int(self[offset + $1]) }
  }

  /// The little-endian number of `count` bytes at `offset`; `nil` when it is not all there.
  func little(_ count: Int, at offset: Int) -> Int? {
    guard offset >= 0, offset + count <= self.count else { return nil }
    return (0..<count).reversed().reduce(0) { $0 << 8 | Int(self[offset + $1]) }
  }

  /// Whether the ASCII `text` stands at `offset`.
  func has(_ text: StaticString, at offset: Int) -> Bool {
    guard offset >= 0, offset + text.utf8CodeUnitCount <= count else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy { self[offset + $0] == text.utf8Start[$0] }
  }
}
