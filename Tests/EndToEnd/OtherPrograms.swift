import Foundation
import KeyreelTesting
import SystemPackage

/// Runs other programs of the machine: ffmpeg as a judge, mount, python.
enum OtherProgram {
  /// What it wrote to its standard output; throws when it fails.
  @discardableResult
  static func run(_ name: String, _ arguments: [String], in folder: URL? = nil) throws -> Data {
    Data(try ChildProcess.run([name] + arguments, in: folder.map { FilePath($0.path) }).bytes)
  }

  /// Whether a program of that name is installed.
  static func exists(_ name: String) -> Bool { (try? run("which", [name])) != nil }
}

/// Decoded pictures, read by the real ffmpeg: the luma planes of all frames.
struct DecodedFrames: Equatable {
  /// One frame's 4:2:0 planes each.
  var frames: [Data]

  /// Decodes several files in one process; `size` scales what is larger or smaller.
  static func of(_ files: [URL], width: Int, height: Int) throws -> [DecodedFrames] {
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("keyreel-frames-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    var arguments = ["-v", "error", "-threads", "1"]
    for file in files { arguments += ["-i", file.path] }
    for index in files.indices {
      arguments += [
        "-map", "\(index):v:0", "-fps_mode", "passthrough", "-vf",
        "scale=\(width):\(height):flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuv420p",
        "-f", "rawvideo", scratch.appendingPathComponent("\(index)").path,
      ]
    }
    try OtherProgram.run("ffmpeg", arguments)
    let length = width * height * 3 / 2
    return try files.indices.map { index in
      let bytes = try Data(contentsOf: scratch.appendingPathComponent("\(index)"))
      return DecodedFrames(
        frames: stride(from: 0, to: bytes.count, by: length).map {
          bytes.subdata(in: $0..<min($0 + length, bytes.count))
        })
    }
  }

  /// Mean absolute difference of two frames of the same size, in steps of 255.
  static func difference(_ left: Data, _ right: Data) -> Double {
    guard left.count == right.count, left != right else { return left == right ? 0 : 255 }
    let sum = left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        var sum = 0
        for index in 0..<left.count { sum += abs(Int(left[index]) - Int(right[index])) }
        return sum
      }
    }
    return Double(sum) / Double(left.count)
  }
}
