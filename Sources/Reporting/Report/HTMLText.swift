/// Writes HTML; whatever is not markup is escaped here and nowhere else.
struct HTMLText {
  /// The UTF-8 text so far.
  private(set) var bytes: [UInt8] = []

  typealias Attributes = KeyValuePairs<String, String?>

  /// An empty text with room for `capacity` bytes.
  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// An element with what `body` writes in it; attributes without a value are left out.
  mutating func element(
    _ name: String, _ attributes: Attributes = [:], _ body: (inout HTMLText) -> Void
  ) {
    open(name, attributes)
    body(&self)
    close(name)
  }

  /// An element with nothing but text in it.
  mutating func element(_ name: String, _ attributes: Attributes = [:], text: String) {
    open(name, attributes)
    self.text(text)
    close(name)
  }

  /// An element that has no end, such as `img`.
  mutating func void(_ name: String, _ attributes: Attributes = [:]) { open(name, attributes) }

  /// Text between elements.
  mutating func text(_ text: String) { escape(text) }

  /// The page's own markup, style or script; never anything that an author wrote.
  mutating func raw(_ markup: some Sequence<UInt8>) { bytes.append(contentsOf: markup) }

  private mutating func open(_ name: String, _ attributes: Attributes) {
    bytes.append(UInt8(ascii: "<"))
    bytes.append(contentsOf: name.utf8)
    for (name, value) in attributes {
      guard let value else { continue }
      bytes.append(UInt8(ascii: " "))
      bytes.append(contentsOf: name.utf8)
      bytes.append(contentsOf: "=\"".utf8)
      escape(value)
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(UInt8(ascii: ">"))
  }

  private mutating func close(_ name: String) {
    bytes.append(contentsOf: "</".utf8)
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: ">"))
  }

  /// Addresses of pictures are long and plain: stretches are copied whole.
  private mutating func escape(_ text: String) {
    var text = text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) ? text : Self.harmless(text)
    text.withUTF8 { utf8 in
      var start = 0
      for index in utf8.indices {
        guard let entity = Self.entity(utf8[index]) else { continue }
        bytes.append(contentsOf: utf8[start..<index])
        bytes.append(contentsOf: entity.utf8)
        start = index + 1
      }
      bytes.append(contentsOf: utf8[start...])
    }
  }

  /// Line ends stay; everything else that steers instead of showing is made visible.
  private static func harmless(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { DisplayWidth.harmless(String($0)) }.joined(separator: "\n")
  }

  private static func entity(_ byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    default: nil
    }
  }
}
