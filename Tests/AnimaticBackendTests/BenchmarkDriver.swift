import Foundation
import KeyreelCore
@testable import Media
import SystemPackage
import Testing

@testable import AnimaticBackend

/// Renders the pairs of a folder for `Benchmarks/animatic_quality.py`; without it, nothing runs.
@Suite("Benchmark driver")
struct BenchmarkDriver {
  static let folder = ProcessInfo.processInfo.environment["KEYREEL_ANIMATIC_BENCH"]

  /// Each line of `jobs.txt`: frames, first picture, last picture, clip (names of P6 files and mp4).
  @Test("Clips of a benchmark's pairs", .enabled(if: folder != nil))
  func pairs() async throws {
    let folder = FilePath(try #require(Self.folder))
    let jobs = try String(contentsOfFile: folder.appending("jobs.txt").string, encoding: .utf8)
    for line in jobs.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      let (first, last) = (
        try picture(folder.appending(words[1])), try picture(folder.appending(words[2]))
      )
      let frames = try #require(Int(words[0]))
      try await render(first, last, frames, folder.appending(words[3]))
    }
  }

  private func render(
    _ first: FittedPicture, _ last: FittedPicture, _ frames: Int, _ file: FilePath
  ) async throws {
    let lossless = ProcessInfo.processInfo.environment["KEYREEL_ANIMATIC_RAW"] != nil
    let clock = ContinuousClock()
    let cpuBefore = cpuSeconds()
    let before = clock.now
    if lossless {
      try writeRaw(first, last, frames, file)
    } else {
      let backend = AnimaticBackend()
      let order = GenerationOrder.sample(first, last, frames: frames)
      let ticket = try await backend.submit(try await backend.prepare(order))
      _ = try await backend.collect(ticket, into: file) { _ in }
    }
    let wall = before.duration(to: clock.now)
    let seconds = Double(wall.components.seconds) + Double(wall.components.attoseconds) * 1e-18
    print(
      "bench \(file.lastComponent?.string ?? "") frames \(frames)",
      "wall \(seconds) cpu \(cpuSeconds() - cpuBefore)")
  }

  /// All frames as raw yuv420p, to be measured without the encoder.
  private func writeRaw(
    _ first: FittedPicture, _ last: FittedPicture, _ frames: Int, _ file: FilePath
  ) throws {
    let before = cpuSeconds()
    let between = InBetweener(PlanarFrame(first), PlanarFrame(last), threads: 1)
    print("score \(between.score) analysis cpu \(cpuSeconds() - before)")
    var bytes = Data()
    for index in 0..<frames {
      let frame = between.frame(index, of: frames)
      bytes.append(contentsOf: frame.luma)
      bytes.append(contentsOf: frame.blue)
      bytes.append(contentsOf: frame.red)
    }
    try bytes.write(to: URL(fileURLWithPath: file.string))
  }

  private func picture(_ path: FilePath) throws -> FittedPicture {
    let data = try Data(contentsOf: URL(fileURLWithPath: path.string))
    let header = data.prefix(64).split(separator: 10, maxSplits: 3)
    let numbers = String(decoding: header[1], as: UTF8.self).split(separator: " ")
    let size = PixelSize(
      width: try #require(Int(numbers[0])), height: try #require(Int(numbers[1])))
    return FittedPicture(size: size, pixels: [UInt8](data.suffix(size.area * 3)))
  }

  private func cpuSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
