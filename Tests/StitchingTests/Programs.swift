import Foundation
import KeyreelCore
import KeyreelTesting
import SystemPackage

/// The real `ffmpeg` and `ffprobe`, the judges of what the stitcher makes.
enum Programs {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// What `program` writes to its standard output; throws when it is missing, fails or complains.
  static func output(_ program: String, _ arguments: [String]) throws -> Data {
    let outcome = try ChildProcess.run([program] + arguments)
    guard outcome.errors.isEmpty else {
      throw Failure(
        description: "\(program) \(arguments.joined(separator: " ")): \(outcome.errors)")
    }
    return Data(outcome.bytes)
  }

  /// Runs ffmpeg quietly.
  static func ffmpeg(_ arguments: [String]) throws {
    _ = try output("ffmpeg", ["-v", "error", "-y"] + arguments)
  }

  /// A hash of every decoded frame of the first video stream, in the order in which they are shown.
  ///
  /// `before` and `after` are further words before and behind the file.
  static func frameHashes(
    _ path: FilePath, before: [String] = [], after: [String] = []
  ) throws -> [String] {
    let data = try output(
      "ffmpeg",
      ["-v", "error", "-xerror", "-err_detect", "explode"] + before + ["-i", path.string] + after
        + ["-map", "0:v:0", "-vsync", "passthrough", "-f", "framehash", "-hash", "md5", "-"])
    return String(decoding: data, as: UTF8.self).split(separator: "\n").filter {
      !$0.hasPrefix("#")
    }.compactMap { $0.split(separator: ",").last?.trimmingCharacters(in: .whitespaces) }
  }

  /// Lines that ffprobe writes for `entries` of the first video stream.
  static func probe(_ path: FilePath, _ entries: String, stream: String = "v:0") throws
    -> [[String]]
  {
    let data = try output(
      "ffprobe",
      [
        "-v", "error", "-select_streams", stream, "-show_entries", entries, "-of", "csv=p=0",
        path.string,
      ])
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The luma of every frame and every coded picture, as the ffmpeg program reads `path`.
  ///
  /// Times are left as they are; any complaint of the decoder is a failure.
  static func decode(
    _ path: FilePath, size: PixelSize = Mark.size
  ) throws -> (luma: [[UInt8]], packets: PacketList) {
    let list = Scratch.file("packets")
    defer { try? FileManager.default.removeItem(atPath: list.string) }
    let data = try output(
      "ffmpeg",
      [
        "-v", "error", "-xerror", "-err_detect", "explode", "-threads", "1", "-copyts",
        "-i", path.string,
        "-map", "0:v:0", "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-",
        "-map", "0:v:0", "-c", "copy", "-f", "framehash", "-hash", "md5", list.string,
      ])
    let length = size.area * 3 / 2
    let luma = stride(from: 0, to: data.count, by: length).map {
      [UInt8](data[$0..<min($0 + size.area, data.count)])
    }
    return (luma, try PacketList(String(contentsOfFile: list.string, encoding: .utf8)))
  }
}

/// A folder of its own for every test.
struct Scratch: ~Copyable {
  let folder: FilePath

  init() throws {
    folder = Self.file("folder")
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder.string) }

  func path(_ name: String) -> FilePath { folder.appending(name) }

  static func file(_ name: String) -> FilePath {
    FilePath(NSTemporaryDirectory()).appending(
      "keyreel-stitching-\(UInt64.random(in: 0 ... .max))-\(name)")
  }
}
