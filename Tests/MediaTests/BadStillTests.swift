import Glibc
import KeyreelCore
import Media
import SystemPackage
import Testing

@Suite("What is no good still is refused in one clear sentence")
struct BadStills {
  private func failure(_ bytes: [UInt8], _ name: String = "still.png") -> OperationError? {
    #expect(throws: OperationError.self) { try StillDecoder.decode(bytes, name: name) }
  }

  static func png(width: Int, height: Int) -> [UInt8] {
    PNGBuilder(width: width, height: height, bitDepth: 8, colorType: 2, rows: [[1, 2, 3]]).bytes
  }

  @Test(
    "By what it is instead",
    arguments: [
      ([], .emptyFile, "empty"),
      (Array("<!DOCTYPE html>\n<html><body>404".utf8), .wrongKind, "a web page"),
      (Array("  <html>".utf8), .wrongKind, "a server probably sent it"),
      (Array(#"{"error": "not found"}"#.utf8), .wrongKind, "JSON"),
      (Array("version https://git-lfs.github.com/spec/v1\noid".utf8), .wrongKind, "Git LFS"),
      (Array("hello there".utf8), .wrongKind, "plain text"),
      (Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), .wrongKind, "an SVG"),
      (Array("\0\0\0\u{20}ftypisom".utf8), .wrongKind, "a video"),
      (Array("\0\0\0\u{20}ftypheic".utf8), .unsupported, "HEIC"),
      (Array("\0\0\0\u{20}ftypavif".utf8), .unsupported, "AVIF"),
      (Array("BM123456".utf8), .unsupported, "BMP"), (SamplePictures.gif, .animated, "GIF"),
      (SamplePictures.animatedWebP, .animated, "animated WebP"),
      ([UInt8](repeating: 0, count: 4096), .wrongKind, "no known format"),
      (png(width: 0, height: 0), .badSize, "0×0"),
      (png(width: 30_000, height: 30_000), .badSize, "16384 per side and 100 million"),
      (png(width: 12_000, height: 12_000), .badSize, "12000×12000"),
    ] as [([UInt8], OperationError.Code, String)])
  func kinds(bytes: [UInt8], code: OperationError.Code, words: String) throws {
    let error = try #require(failure(bytes))
    #expect(error.code == code)
    #expect(error.message.contains(words), "\(error)")
    #expect(error.message.contains("still.png"))
  }

  @Test(
    "Cut short anywhere, never half a picture",
    arguments: [
      SamplePictures.baseline, SamplePictures.subsampled, SamplePictures.progressive,
      SamplePictures.lossyWebP, SamplePictures.losslessWebP, SamplePictures.lossyAlphaWebP,
      png(width: 1, height: 1),
    ])
  func cutShort(whole: [UInt8]) throws {
    _ = try StillDecoder.decode(whole, name: "whole")
    for count in stride(from: whole.count - 1, to: 12, by: -3) {
      let error = try #require(failure(Array(whole.prefix(count))))
      #expect([.cutShort, .corrupt].contains(error.code), "\(count) of \(whole.count): \(error)")
    }
  }

  @Test("Any flipped byte gives a picture or a clear error, never a crash")
  func flips() throws {
    let deep = PNGBuilder(
      width: 2, height: 2, bitDepth: 16, colorType: 6,
      rows: [[UInt8](repeating: 9, count: 16), [UInt8](repeating: 200, count: 16)])
    for whole in [
      SamplePictures.progressive, SamplePictures.cmyk, SamplePictures.lossyAlphaWebP,
      SamplePictures.losslessAlphaWebP, deep.bytes,
    ] {
      for place in whole.indices {
        var bytes = whole
        bytes[place] ^= UInt8(1 << (place % 8))
        do {
          let still = try StillDecoder.decode(bytes, name: "flipped")
          #expect(still.picture.pixels.count == still.picture.size.area * 3)
        } catch {
          #expect(error is OperationError)
        }
      }
    }
  }

  @Test("A wrong checksum in a PNG is damage")
  func checksum() throws {
    var bytes = Self.png(width: 1, height: 1)
    let data = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("IDAT".utf8)) })
    bytes[data + 12] ^= 1
    #expect(try #require(failure(bytes)).code == .corrupt)
  }

  @Test("Missing files, folders, pipes and files without rights")
  func places() throws {
    let folder = FilePath("/tmp/keyreel-stills-\(UInt32.random(in: 0 ... .max))")
    mkdir(folder.string, 0o755)
    let pipe = folder.appending("pipe.png")
    mkfifo(pipe.string, 0o600)
    defer {
      unlink(pipe.string)
      rmdir(folder.string)
    }
    func code(_ path: FilePath) -> OperationError.Code? {
      let error = #expect(throws: OperationError.self) { try StillDecoder.decode(path, name: "it") }
      return error?.code
    }
    #expect(code(folder.appending("none.png")) == .notFound)
    #expect(code(folder) == .wrongKind)
    #expect(code(pipe) == .wrongKind)
    #expect(code(folder.appending("pipe.png/x.png")) == .notFound)
  }
}
