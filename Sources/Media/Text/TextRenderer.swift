internal import CAss
public import KeyreelCore
internal import SystemPackage

/// Draws words with libass, which breaks lines, shapes every script and sets right-to-left text.
///
/// Only the fonts that are handed in are used. Used on one thread only.
public final class TextRenderer {
  /// Thousandths of width and height that stay free at every edge: what televisions may cut off.
  private static let margin = 50

  private let library: OpaquePointer
  private let renderer: OpaquePointer
  private let size: PixelSize
  private let fonts: TextFonts

  /// Draws over pictures of `size`.
  public init(size: PixelSize, fonts: TextFonts) throws {
    guard let library = ass_library_init() else { throw Self.failed }
    cass_silence(library)
    for file in fonts.files {
      let bytes = try FileBytes.read(FilePath(file), name: file, limit: 1 << 28)
      bytes.withUnsafeBytes { buffer in
        guard let start = buffer.bindMemory(to: CChar.self).baseAddress else { return }
        ass_add_font(library, file, start, Int32(clamping: buffer.count))
      }
    }
    guard let renderer = ass_renderer_init(library) else {
      ass_library_done(library)
      throw Self.failed
    }
    let (width, height) = (Int32(size.width), Int32(size.height))
    ass_set_frame_size(renderer, width, height)
    ass_set_storage_size(renderer, width, height)
    ass_set_fonts(renderer, nil, nil, Int32(ASS_FONTPROVIDER_NONE.rawValue), nil, 0)
    ass_set_shaper(renderer, ASS_SHAPING_COMPLEX)
    self.library = library
    self.renderer = renderer
    self.size = size
    self.fonts = fonts
  }

  deinit {
    ass_renderer_done(renderer)
    ass_library_done(library)
  }

  /// `text` as it lies over a picture.
  ///
  /// Throws `unsupported` when the fonts lack a character of it, or when it does not fit the picture.
  public func layer(_ text: String, _ look: TextLook) throws -> TextLayer {
    var script = Array(try self.script(text, look).utf8CString)
    let track = script.withUnsafeMutableBufferPointer { buffer in
      ass_read_memory(library, buffer.baseAddress, buffer.count - 1, nil)
    }
    guard let track else { throw Self.failed }
    defer { ass_free_track(track) }
    var images: [ASS_Image] = []
    var next = ass_render_frame(renderer, track, 500, nil)
    while let image = next {
      images.append(image.pointee)
      next = image.pointee.next
    }
    let seen = images.filter { $0.w > 0 && $0.h > 0 }
    guard let box = Self.box(of: seen) else {
      throw OperationError(.unsupported, "“\(text)” draws nothing", remedy: "write other words")
    }
    guard box.top > 0, box.left > 0, box.right < size.width, box.bottom < size.height else {
      throw OperationError(
        .unsupported, "“\(text)” does not fit a picture of \(size)",
        remedy: "use fewer words, a smaller `size`, or spaces where lines may break")
    }
    var canvas = TextCanvas(box: box, size: size)
    for image in seen { canvas.lay(image) }
    return canvas.layer
  }

  private typealias Box = (left: Int, top: Int, right: Int, bottom: Int)

  /// What is covered at all; libass makes its masks larger than what is drawn on them.
  private static func box(of images: [ASS_Image]) -> Box? {
    var box: Box?
    for image in images {
      for row in 0..<Int(image.h) {
        guard let line = image.bitmap?.advanced(by: row * Int(image.stride)),
          let first = (0..<Int(image.w)).first(where: { line[$0] > 0 }),
          let last = (0..<Int(image.w)).last(where: { line[$0] > 0 })
        else { continue }
        let (left, top) = (Int(image.dst_x), Int(image.dst_y) + row)
        let seen = box ?? (left + first, top, left + last + 1, top + 1)
        box = (
          min(seen.left, left + first), min(seen.top, top), max(seen.right, left + last + 1),
          max(seen.bottom, top + 1)
        )
      }
    }
    return box
  }

  private func script(_ text: String, _ look: TextLook) throws -> String {
    let runs = try fonts.runs(of: text, look)
    // Every run names its font; a comma in one would only split the style's line.
    let font = (runs.first?.font ?? "").filter { $0 != "," }
    let words = runs.map { "{\\fn\($0.font)}" + Self.escaped($0.text) }.joined()
    return """
      [Script Info]
      ScriptType: v4.00+
      PlayResX: \(size.width)
      PlayResY: \(size.height)
      WrapStyle: 0
      ScaledBorderAndShadow: yes

      [V4+ Styles]
      Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
      Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, \
      Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
      Style: S,\(font),\(style(look))

      [Events]
      Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
      Dialogue: 0,0:00:00.00,0:00:01.00,S,,0,0,0,,\(words)

      """
  }

  /// The members of a style behind its font.
  private func style(_ look: TextLook) -> String {
    let line = max(8, min(size.width, size.height) * look.size / 1000)
    let isBox = look.ground == .box
    // A box is one shape behind all lines, and what would be the shadow is the room around them.
    // Letters of any size need a line, and large ones not more than a hundredth of the picture.
    let outline = min(Float(line) / 16, Float(min(size.width, size.height)) / 100)
    let border = isBox ? "4,0,\(max(2, line / 6))" : "1,\(max(1, outline)),0"
    let alignment =
      switch look.position {
      case .bottom: 2
      case .middle: 5
      case .top: 8
      }
    let across = size.width * Self.margin / 1000
    let down = size.height * Self.margin / 1000
    // White on black; -1 finds the direction of the text in the text.
    return "\(line),&H00FFFFFF,&H00FFFFFF,&H00000000,&H\(isBox ? "50" : "00")000000,"
      + "0,0,0,0,100,100,0,0,\(border),\(alignment),\(across),\(across),\(down),-1"
  }

  /// Words in which libass finds no commands of its own.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\r", "\u{2028}", "\u{85}": result += "\\N"
      case "{": result += "\\{"
      case "}": result += "\\}"
      // An invisible joiner keeps the letter behind a backslash from being a command.
      case "\\": result += "\\\u{2060}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static var failed: OperationError {
    OperationError(.inputOutput, "libass cannot be started", remedy: "look at the memory in use")
  }
}
