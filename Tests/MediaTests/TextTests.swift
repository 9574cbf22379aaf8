import Foundation
import KeyreelCore
import SystemPackage
import Testing

@testable import Media

@Suite("Words are drawn as they are written")
struct TextTests {
  private static let size = PixelSize(width: 640, height: 360)

  private func look(
    _ position: TextPosition = .bottom, size: Int = 80, ground: TextGround = .outline,
    fonts: [String] = [TextLook.usualFont]
  ) -> TextLook {
    TextLook(
      fonts: fonts.map { TextFont(name: $0) }, size: size, position: position, ground: ground)
  }

  private func renderer(_ look: TextLook, size: PixelSize = Self.size) throws -> TextRenderer {
    try TextRenderer(size: size, fonts: TextFonts([look]) { FilePath($0) })
  }

  /// The luma of `text` over grey.
  private func drawn(
    _ text: String, _ look: TextLook, size: PixelSize = Self.size
  ) throws -> PlanarFrame {
    var grey = PlanarFrame.black(size)
    for index in grey.luma.indices { grey.luma[index] = 120 }
    return try renderer(look, size: size).layer(text, look).laid(over: grey)
  }

  /// Rows and columns that anything is drawn on.
  private func box(_ frame: PlanarFrame) -> (rows: ClosedRange<Int>, columns: ClosedRange<Int>)? {
    let places = frame.luma.indices.filter { frame.luma[$0] != 120 }
    let width = frame.size.width
    let columns = places.map { $0 % width }
    guard let first = places.first, let last = places.last, let left = columns.min(),
      let right = columns.max()
    else { return nil }
    return (first / width...last / width, left...right)
  }

  @Test("Words stand where they are wanted, within the safe area, in the middle of the width")
  func positions() throws {
    let third = Self.size.height / 3
    for (position, rows) in [
      (TextPosition.top, 18..<third), (.middle, third..<2 * third),
      (.bottom, 2 * third..<Self.size.height - 17),
    ] {
      for ground in TextGround.allCases {
        let found = try #require(box(try drawn("Hello", look(position, ground: ground))))
        let free = ground == .box ? 8 : 0
        #expect(rows.lowerBound - free <= found.rows.lowerBound, "\(position) \(ground)")
        #expect(found.rows.upperBound < rows.upperBound + free, "\(position) \(ground)")
        let middle = (found.columns.lowerBound + found.columns.upperBound) / 2
        #expect(abs(middle - Self.size.width / 2) < 4)
      }
    }
  }

  @Test("Long lines break, and lines are as high as was asked for")
  func lines() throws {
    let one = try #require(box(try drawn("Hxg", look(size: 100))))
    let two = try #require(box(try drawn("Hxg\nHxg", look(size: 100))))
    #expect(abs(two.rows.count - one.rows.count - 36) <= 1)
    let text = "A caption that is far too long for a single line of a picture breaks into several"
    let wrapped = try #require(box(try drawn(text, look(size: 100))))
    #expect(wrapped.rows.count > one.rows.count + 36)
    #expect(wrapped.columns.lowerBound >= 31 && wrapped.columns.upperBound < 640 - 31)
    // An upright picture: sizes follow its shorter side.
    let upright = PixelSize(width: 360, height: 640)
    let tall = try #require(box(try drawn("Hxg", look(size: 100), size: upright)))
    #expect(tall.rows.count == one.rows.count)
  }

  @Test("Right-to-left text runs from the right, and Arabic letters are joined")
  func scripts() throws {
    // An override of direction shows the letters from left to right as they are written.
    #expect(try drawn("אבגד", look()) == drawn("\u{202D}דגבא\u{202C}", look()))
    #expect(try drawn("אבגד", look()) != drawn("דגבא", look()))
    let joined = try #require(box(try drawn("سلام", look())))
    let apart = try #require(box(try drawn("س\u{200C}ل\u{200C}ا\u{200C}م", look())))
    #expect(joined.columns.count < apart.columns.count)
  }

  @Test(
    "Nothing that is written is taken for a command",
    arguments: ["{\\b1}x", "a\\Nb", "a\\hb", "}{", "\\"])
  func commands(_ text: String) throws {
    let frame = try drawn(text, look())
    let plain = try #require(box(try drawn(String(repeating: "x", count: text.count), look())))
    let found = try #require(box(frame))
    #expect(found.rows.count < 2 * plain.rows.count, "one line")
    #expect(found.columns.count * 4 > plain.columns.count)
  }

  @Test("A font that is missing, or lacks a character, is told and never replaced")
  func missing() throws {
    #expect(throws: OperationError.self) { try renderer(look(fonts: ["DejaVu Sanz"])) }
    do {
      _ = try TextFonts([look(fonts: ["DejaVu Sanz"])]) { FilePath($0) }
    } catch let error as OperationError {
      #expect(error.code == .notFound)
      #expect(error.remedy == "did you mean `DejaVu Sans`?")
    }
    do {
      _ = try renderer(look()).layer("a \u{F8FE} b", look())
      Issue.record("nobody has this character")
    } catch let error as OperationError {
      #expect(error.code == .unsupported)
      #expect(error.message.contains("U+F8FE"))
    }
  }

  @Test("Several fonts are tried in their order; a font's file will do, and is known by its bytes")
  func several() throws {
    let file = try #require(try FontCatalog.with { $0.face("DejaVu Sans Mono") }?.file)
    var own = look()
    own.fonts = [TextFont(name: "mono.ttf", digest: Digest.of("mono"))]
    let fonts = try TextFonts([own]) { _ in FilePath(file) }
    let byFile = try TextRenderer(size: Self.size, fonts: fonts).layer("iii", own)
    let mono = look(fonts: ["DejaVu Sans Mono"])
    let byName = try renderer(mono).layer("iii", mono)
    #expect(byFile.planes[0].cover == byName.planes[0].cover)
    let both = look(fonts: ["DejaVu Sans Mono", "DejaVu Sans"])
    let runs = try TextFonts([both]) { FilePath($0) }.runs(of: "aאb", both)
    #expect(runs.map(\.font) == ["DejaVu Sans Mono", "DejaVu Sans", "DejaVu Sans Mono"])
    #expect(runs.map(\.text) == ["a", "א", "b"])
  }

  @Test("What does not fit a picture is refused")
  func tooMuch() throws {
    let text = Array(repeating: "words and words", count: 40).joined(separator: " ")
    #expect(throws: OperationError.self) { try renderer(look()).layer(text, look()) }
  }

  @Test("Covered pixels mix exactly, and a fade shows a part of them")
  func mixing() throws {
    let layer = try renderer(look(size: 300)).layer("H", look(size: 300))
    var grey = PlanarFrame.black(Self.size)
    for index in grey.luma.indices { grey.luma[index] = 120 }
    let full = layer.laid(over: grey)
    #expect(full.luma.contains(235) && full.luma.contains(16))
    #expect(full.blue.allSatisfy { $0 == 128 } && full.red.allSatisfy { $0 == 128 })
    let half = layer.laid(over: grey, part: 1, of: 2)
    for (index, value) in full.luma.enumerated() {
      #expect(abs(Int(half.luma[index]) * 2 - 120 - Int(value)) <= 2)
      if half.luma[index] > 200 { Issue.record("half of white on grey is not white") }
    }
    #expect(layer.laid(over: grey, part: 0, of: 2) == grey)
  }
}
