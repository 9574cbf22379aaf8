#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import Media
internal import SystemPackage

/// A folder with a PNG of every frame, numbered from 000000.png on.
final class FrameFolder: FrameTaker {
  private let path: FilePath
  private let film: StitchedFilm
  private var bytes: [Int] = []

  init(at path: FilePath, of film: StitchedFilm) throws {
    self.path = path
    self.film = film
    guard mkdir(path.string, 0o755) == 0 else {
      throw OperationError(
        .inputOutput, "\(path): the folder of frames cannot be made: \(Errno(rawValue: errno))")
    }
  }

  func wants(_ frame: Int) -> Bool { true }

  func take(_ picture: PlanarFrame, at frame: Int) throws {
    let encoded = try PictureWriter.encode(picture.rgbPicture(), as: .png)
    try FileBytes.write(encoded, to: path.appending(Self.name(frame)))
    bytes.append(encoded.count)
  }

  func finish(_ token: CancellationToken) throws {
    guard bytes.count == film.frames else {
      throw OperationError(
        .verificationFailed, "\(path) has \(bytes.count) frames instead of \(film.frames)")
    }
    for (frame, count) in bytes.enumerated() {
      var status = stat()
      guard stat(path.appending(Self.name(frame)).string, &status) == 0, status.st_size == count
      else {
        throw OperationError(
          .verificationFailed, "\(path): frame \(frame) is not what was written",
          remedy: "run again")
      }
    }
  }

  /// The name of a frame's file.
  static func name(_ frame: Int) -> String {
    let digits = String(frame)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
  }
}
