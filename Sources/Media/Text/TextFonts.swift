internal import CAss
public import KeyreelCore
public import SystemPackage

/// The fonts that words of a film are drawn with: found once, and never replaced by others.
public struct TextFonts: Sendable {
  private var faces: [TextFont: FontCatalog.Face] = [:]

  /// Finds the fonts of `looks`; `file` is where a font of the project really is.
  ///
  /// Throws `not-found` with names that are near when this machine has no such font, and `corrupt` when
  /// a file is no font.
  public init(_ looks: [TextLook], file: (String) throws -> FilePath) throws {
    let fonts = Set(looks.flatMap(\.fonts))
    for font in fonts where font.digest != nil {
      guard let face = FontCatalog.face(inFile: try file(font.name).string) else {
        throw OperationError(
          .corrupt, "\(font.name) is no font that can be used",
          remedy: "name a TrueType or OpenType font")
      }
      faces[font] = face
    }
    let named = fonts.filter { $0.digest == nil }
    guard !named.isEmpty else { return }
    faces = try FontCatalog.with { catalog in
      var faces = faces
      for font in named.sorted(by: { $0.name < $1.name }) {
        guard let face = catalog.face(font.name) else { throw Self.missing(font, catalog) }
        faces[font] = face
      }
      return faces
    }
  }

  /// Throws `unsupported`, with fonts that would do, when the fonts of `look` lack a character of `text`.
  public func check(_ text: String, _ look: TextLook) throws { _ = try runs(of: text, look) }

  /// Digest of all that decides how words come out: the fonts' files, and who draws.
  public var digest: Digest {
    get throws {
      var text = JSONText()
      text.array { $0.value(Self.version) }
      var bytes = text.bytes
      for font in faces.keys.sorted(by: { $0.name < $1.name }) {
        guard let file = faces[font]?.file else { continue }
        bytes += Array(font.name.utf8)
        bytes += try FileBytes.digest(FilePath(file), name: file, token: CancellationToken()).bytes
      }
      return Digest.of(bytes)
    }
  }

  /// Name and version of the library that draws.
  public static var version: String {
    "libass \(String(UInt32(bitPattern: ass_library_version()), radix: 16))"
  }

  /// The files of all fonts, each once, in a fixed order.
  var files: [String] { Set(faces.values.map(\.file)).sorted() }

  /// A part of a text that one font draws.
  struct Run {
    var font: String
    var text: String
  }

  /// `text` in parts, each with the first font of `look` that has all of its characters.
  func runs(of text: String, _ look: TextLook) throws -> [Run] {
    let faces = look.fonts.compactMap { self.faces[$0] }
    var runs: [Run] = []
    func append(_ text: String, _ font: String) {
      if runs.last?.font == font {
        runs[runs.count - 1].text += text
      } else {
        runs.append(Run(font: font, text: text))
      }
    }
    for character in text {
      let needed = character.unicodeScalars.filter { !$0.isInvisible }
      let usual = runs.last?.font ?? faces.first?.name ?? ""
      if needed.isEmpty {
        append(String(character), usual)
      } else if let face = faces.first(where: { needed.allSatisfy($0.coverage.has) }) {
        append(String(character), face.name)
      } else {
        for scalar in character.unicodeScalars {
          guard !scalar.isInvisible else {
            append(String(scalar), usual)
            continue
          }
          guard let face = faces.first(where: { $0.coverage.has(scalar) }) else {
            throw try Self.lacking(scalar, look)
          }
          append(String(scalar), face.name)
        }
      }
    }
    return runs
  }

  private static func missing(_ font: TextFont, _ catalog: FontCatalog) -> OperationError {
    let families = catalog.families
    let near = Spelling.suggestion(for: font.name, among: families)
    let usual = font.name == TextLook.usualFont ? " (Debian's package fonts-dejavu-core)" : ""
    return OperationError(
      .notFound, "this machine has no font `\(font.name)`",
      remedy: near
        ?? "install it\(usual), or name its file or another one of the \(families.count) that are here"
    )
  }

  private static func lacking(_ scalar: Unicode.Scalar, _ look: TextLook) throws -> OperationError {
    let families = try FontCatalog.with { $0.families(with: scalar) }
    let names = look.fonts.map { "`\($0.name)`" }.joined(separator: " and ")
    let code = String(scalar.value, radix: 16, uppercase: true)
    let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
    let own = look.fonts.map(\.name)
    return OperationError(
      .unsupported, "\(names) cannot write “\(scalar)” (U+\(digits))",
      remedy: families.first.map {
        "name a font that can: `font: [\((own + [$0]).joined(separator: ", "))]`"
          + (families.count > 1 ? "; \(families.count) of this machine have it" : "")
      } ?? "no font of this machine has it: install one, and name it with `font`")
  }
}

extension Unicode.Scalar {
  /// Whether nothing is drawn for it: line ends, joiners, marks of direction, choices of variants.
  fileprivate var isInvisible: Bool {
    properties.isDefaultIgnorableCodePoint || value < 0x20
  }
}
