internal import KeyreelCore

/// What a file is by its first bytes; its name is not asked.
enum FileKind: Equatable {
  case jpeg, png, webp
  case isoMedia(brand: String)
  case otherPicture(String)
  case otherMedia(String)
  case text(String)
  case empty
  case unknown

  /// Looks at the first bytes of a file; some hundred are enough.
  init(_ bytes: ArraySlice<UInt8>) {
    let start = bytes.startIndex
    func word(_ offset: Int, _ count: Int) -> String {
      let from = min(start + offset, bytes.endIndex)
      let to = min(from + count, bytes.endIndex)
      return String(decoding: bytes[from..<to], as: UTF8.self)
    }
    if bytes.isEmpty {
      self = .empty
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if word(0, 4) == "RIFF", word(8, 4) == "WEBP" {
      self = .webp
    } else if word(4, 4) == "ftyp" {
      let brand = word(8, 4)
      self = Self.pictureBrands[brand].map { .otherPicture($0) } ?? .isoMedia(brand: brand)
    } else if let name = Self.pictures.first(where: { bytes.starts(with: $0.magic) })?.name {
      self = .otherPicture(name)
    } else if let name = Self.media.first(where: { bytes.starts(with: $0.magic) })?.name {
      self = .otherMedia(name)
    } else {
      self = Self.text(in: bytes).map { .text($0) } ?? .unknown
    }
  }

  private static let pictureBrands = [
    "heic": "HEIC", "heix": "HEIC", "mif1": "HEIF", "msf1": "HEIF", "avif": "AVIF",
    "avis": "AVIF",
  ]

  private static let pictures: [(magic: [UInt8], name: String)] = [
    (Array("GIF8".utf8), "GIF"), (Array("BM".utf8), "BMP"), (Array("8BPS".utf8), "Photoshop"),
    ([0x49, 0x49, 0x2A, 0x00], "TIFF"), ([0x4D, 0x4D, 0x00, 0x2A], "TIFF"),
    ([0xFF, 0x0A], "JPEG XL"), ([0, 0, 0, 12] + Array("JXL ".utf8), "JPEG XL"),
    ([0, 0, 0, 12] + Array("jP  ".utf8), "JPEG 2000"), ([0, 0, 1, 0], "ICO"),
    ([0x76, 0x2F, 0x31, 0x01], "OpenEXR"),
  ]

  private static let media: [(magic: [UInt8], name: String)] = [
    ([0x1A, 0x45, 0xDF, 0xA3], "Matroska or WebM"), (Array("RIFF".utf8), "RIFF (WAV or AVI)"),
    (Array("OggS".utf8), "Ogg"), (Array("fLaC".utf8), "FLAC"), (Array("ID3".utf8), "MP3"),
    ([0xFF, 0xFB], "MP3"), ([0xFF, 0xF3], "MP3"), (Array("%PDF".utf8), "PDF"),
    ([0x50, 0x4B, 0x03, 0x04], "ZIP"),
  ]

  /// What the text of a file is, or `nil` when the bytes are no text.
  private static func text(in bytes: ArraySlice<UInt8>) -> String? {
    let head = bytes.prefix(256)
    guard !head.contains(where: { $0 < 0x20 && ![9, 10, 12, 13].contains($0) }) else { return nil }
    var text = Substring(String(decoding: head, as: UTF8.self).lowercased())
    if text.first == "\u{FEFF}" { text.removeFirst() }
    text = text.drop(while: \.isWhitespace)
    if text.hasPrefix("version https://git-lfs") { return "a Git LFS pointer" }
    if text.hasPrefix("<svg") || text.contains("<svg ") { return "an SVG drawing" }
    if text.hasPrefix("<") { return "a web page or XML" }
    if text.hasPrefix("{") || text.hasPrefix("[") { return "JSON" }
    return "plain text"
  }
}
