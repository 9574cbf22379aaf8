internal import CAss
internal import KeyreelCore

/// The fonts of this machine, or of one file, as fontconfig knows them.
struct FontCatalog {
  /// One face of a font.
  struct Face: Sendable {
    /// The name by which it is asked for when words are drawn.
    var name: String
    var file: String
    /// How far it is from an upright face of normal weight.
    var distance: Int32
    var coverage: FontCoverage
  }

  private let patterns: UnsafeMutablePointer<FcFontSet>

  /// All fonts that are installed.
  init() throws {
    guard FcInit() != 0, let wanted = FcPatternCreate(), let objects = FcObjectSetCreate() else {
      throw Self.outOfMemory
    }
    defer {
      FcPatternDestroy(wanted)
      FcObjectSetDestroy(objects)
    }
    for name in [
      FC_FAMILY, FC_FULLNAME, FC_FILE, FC_WEIGHT, FC_SLANT, FC_WIDTH, FC_CHARSET, FC_SCALABLE,
    ] {
      FcObjectSetAdd(objects, name)
    }
    guard let found = FcFontList(nil, wanted, objects) else { throw Self.outOfMemory }
    patterns = found
  }

  /// Runs `body` with the catalog, and gives it back.
  static func with<Value>(_ body: (FontCatalog) throws -> Value) throws -> Value {
    let catalog = try FontCatalog()
    defer { FcFontSetDestroy(catalog.patterns) }
    return try body(catalog)
  }

  /// The upright face of `name`, a family's name or a font's full one, in any case of letters.
  func face(_ name: String) -> Face? {
    let wanted = name.lowercased()
    for object in [FC_FAMILY, FC_FULLNAME] {
      let faces = list.filter { pattern in
        Self.texts(pattern, object).contains { $0.lowercased() == wanted }
          && Self.number(pattern, FC_SCALABLE, Self.flag) != 0
      }.compactMap { Self.face($0, called: name) }
      // The file's name decides between equals, so that the choice is always the same.
      if let best = faces.min(by: { ($0.distance, $0.file) < ($1.distance, $1.file) }) {
        return best
      }
    }
    return nil
  }

  /// Names of all families, sorted.
  var families: [String] {
    Set(list.flatMap { Self.texts($0, FC_FAMILY).prefix(1) }).sorted()
  }

  /// Families that have `scalar`, sorted.
  func families(with scalar: Unicode.Scalar) -> [String] {
    let found = list.filter { pattern in
      guard let set = Self.characters(of: pattern) else { return false }
      return FcCharSetHasChar(set, scalar.value) != 0
    }
    return Set(found.flatMap { Self.texts($0, FC_FAMILY).prefix(1) }).sorted()
  }

  /// The first face of the font in `file`; `nil` when it is none.
  static func face(inFile file: String) -> Face? {
    var count: Int32 = 0
    let pattern = file.withCString { path in
      path.withMemoryRebound(to: FcChar8.self, capacity: 1) { FcFreeTypeQuery($0, 0, nil, &count) }
    }
    guard let pattern else { return nil }
    defer { FcPatternDestroy(pattern) }
    guard var face = face(pattern, called: texts(pattern, FC_FAMILY).first ?? "") else {
      return nil
    }
    face.file = file
    return face.name.isEmpty ? nil : face
  }

  private var list: [OpaquePointer] {
    (0..<Int(patterns.pointee.nfont)).compactMap { patterns.pointee.fonts[$0] }
  }

  private static func face(_ pattern: OpaquePointer, called name: String) -> Face? {
    guard let set = characters(of: pattern) else { return nil }
    let weight = abs(number(pattern, FC_WEIGHT, integer) - FC_WEIGHT_REGULAR)
    let width = abs(number(pattern, FC_WIDTH, integer) - FC_WIDTH_NORMAL)
    return Face(
      name: name, file: texts(pattern, FC_FILE).first ?? "",
      distance: weight + width + number(pattern, FC_SLANT, integer), coverage: FontCoverage(set))
  }

  private static func characters(of pattern: OpaquePointer) -> OpaquePointer? {
    var set: OpaquePointer?
    return FcPatternGetCharSet(pattern, FC_CHARSET, 0, &set) == FcResultMatch ? set : nil
  }

  private static func texts(_ pattern: OpaquePointer, _ object: String) -> [String] {
    var found: [String] = []
    var text: UnsafeMutablePointer<FcChar8>?
    while FcPatternGetString(pattern, object, Int32(found.count), &text) == FcResultMatch,
      let start = text
    {
      found.append(String(cString: start))
    }
    return found
  }

  private typealias Getter = (OpaquePointer, String, inout Int32) -> FcResult

  private static func number(
    _ pattern: OpaquePointer, _ object: String, _ get: Getter
  ) -> Int32 {
    var value: Int32 = 0
    return get(pattern, object, &value) == FcResultMatch ? value : 0
  }

  private static func integer(
    _ pattern: OpaquePointer, _ object: String, _ value: inout Int32
  ) -> FcResult { FcPatternGetInteger(pattern, object, 0, &value) }

  private static func flag(
    _ pattern: OpaquePointer, _ object: String, _ value: inout Int32
  ) -> FcResult { FcPatternGetBool(pattern, object, 0, &value) }

  private static var outOfMemory: OperationError {
    OperationError(.inputOutput, "the list of fonts cannot be read", remedy: "look at fc-list")
  }
}

/// Which characters a font has.
struct FontCoverage: Sendable {
  /// 256 bits for each page of 256 characters.
  private var pages: [UInt32: [UInt32]] = [:]

  init(_ set: OpaquePointer) {
    var map = [FcChar32](repeating: 0, count: Int(FC_CHARSET_MAP_SIZE))
    var next: FcChar32 = 0
    var page = FcCharSetFirstPage(set, &map, &next)
    while page != FcChar32.max {
      pages[page >> 8] = map
      page = FcCharSetNextPage(set, &map, &next)
    }
  }

  func has(_ scalar: Unicode.Scalar) -> Bool {
    guard let page = pages[scalar.value >> 8] else { return false }
    let bit = scalar.value & 0xFF
    return page[Int(bit >> 5)] & (1 << (bit & 31)) != 0
  }
}
