import Foundation
import KeyreelCore
@testable import Media
import SystemPackage
import Testing

@testable import AnimaticBackend

extension GenerationOrder {
  /// An order between two pictures at 30 frames per second.
  static func sample(
    _ first: FittedPicture, _ last: FittedPicture, frames: Int, label: String = "sample/1"
  ) -> GenerationOrder {
    func recipe(_ picture: FittedPicture) -> PictureRecipe {
      PictureRecipe(
        origin: .still(Digest.of("sample")), fit: .cover, focus: .center, canvas: picture.size)
    }
    return GenerationOrder(
      label: label,
      recipe: Recipe(
        backend: BackendIdentity(kind: "animatic", origin: "2"), model: "sample",
        request: ModelRequest([]), first: recipe(first), last: recipe(last), frames: frames,
        frameRate: .thirty),
      first: first, last: last)
  }
}

extension FittedPicture {
  /// A picture that is `color` at every pixel.
  static func drawn(
    _ size: PixelSize, _ color: (_ x: Int, _ y: Int) -> (UInt8, UInt8, UInt8)
  ) -> FittedPicture {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size.area * 3)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let (red, green, blue) = color(x, y)
        pixels.append(red)
        pixels.append(green)
        pixels.append(blue)
      }
    }
    return FittedPicture(size: size, pixels: pixels)
  }

  /// One color everywhere.
  static func flat(_ size: PixelSize, _ value: UInt8) -> FittedPicture {
    drawn(size) { _, _ in (value, value, value) }
  }

  /// Clouds that are the same for the same seed, seen through a window at (x, y).
  static func clouds(
    _ size: PixelSize, seed: UInt32, x: Int = 0, y: Int = 0, brightness: Int = 0,
    grain: Int = 6
  ) -> FittedPicture {
    drawn(size) { column, row in
      func level(_ channel: UInt32) -> UInt8 {
        let value = Clouds.value(column + x + 4096, row + y + 4096, seed &+ channel, grain: grain)
        return UInt8(max(0, min(255, value + brightness)))
      }
      return (level(0), level(0), level(7))
    }
  }
}

/// Value noise in whole numbers, the same on every machine.
enum Clouds {
  static func value(_ x: Int, _ y: Int, _ seed: UInt32, grain: Int) -> Int {
    (layer(x, y, 16, seed) * 2 + layer(x, y, grain, seed &+ 1)) / 3
  }

  private static func layer(_ x: Int, _ y: Int, _ cell: Int, _ seed: UInt32) -> Int {
    let (column, row) = (x / cell, y / cell)
    let (right, down) = (x % cell, y % cell)
    let top =
      random(column, row, seed) * (cell - right) + random(column + 1, row, seed) * right
    let bottom =
      random(column, row + 1, seed) * (cell - right) + random(column + 1, row + 1, seed) * right
    return (top * (cell - down) + bottom * down) / (cell * cell)
  }

  private static func random(_ x: Int, _ y: Int, _ seed: UInt32) -> Int {
    var bits = UInt32(truncatingIfNeeded: x &* 374_761_393 &+ y &* 668_265_263) &+ seed &* 97
    bits = (bits ^ (bits >> 13)) &* 1_274_126_177
    bits = (bits ^ (bits >> 16)) &* 2_246_822_519
    return Int((bits ^ (bits >> 13)) & 255)
  }
}

/// Peak signal-to-noise ratio of two planes in decibels; 99 for equal ones.
func likeness(_ left: [UInt8], _ right: [UInt8]) -> Double {
  let squares = zip(left, right).reduce(0) { sum, pair in
    let difference = Int(pair.0) - Int(pair.1)
    return sum + difference * difference
  }
  guard squares > 0 else { return 99 }
  return 10 * log10(255 * 255 * Double(left.count) / Double(squares))
}

/// A folder that is gone after `body`.
func withFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "animatic-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(FilePath(folder.path))
}

/// Orders and collects one clip.
@discardableResult
func make(
  _ file: FilePath, _ first: FittedPicture, _ last: FittedPicture, frames: Int,
  with backend: AnimaticBackend = AnimaticBackend(),
  progress: @escaping @Sendable (GenerationProgress) -> Void = { _ in }
) async throws -> [UInt8] {
  let order = GenerationOrder.sample(first, last, frames: frames)
  let ticket = try await backend.submit(try await backend.prepare(order))
  _ = try await backend.collect(ticket, into: file, progress: progress)
  return try bytes(of: file)
}

func bytes(of file: FilePath) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.string)))
}

/// All frames of a clip.
func frames(of file: FilePath) throws -> [PlanarFrame] {
  let scan = try PacketScan(file)
  let reader = try PictureReader(scan, from: 0, size: MediaProbe.video(file).size)
  return try (0..<scan.frames).map(reader.picture)
}
