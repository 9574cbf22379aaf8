internal import KeyreelCore
internal import SystemPackage

/// Reads authored files whole, with errors that name them as the user did.
enum PipelineFile {
  /// Larger files are refused before they are read; a saved plan of 100,000 segments has some 220 MB.
  static let maximumByteCount = 512 << 20

  /// All bytes of `path`, called `name` in messages.
  static func read(_ path: FilePath, named name: String) throws -> [UInt8] {
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly)
      defer { try? descriptor.close() }
      return try descriptor.readAll(upTo: maximumByteCount, named: name)
    } catch let error as Errno {
      throw unreadable(name, error)
    }
  }

  /// Whether `bytes` are a plan that `keyreel plan -o` wrote.
  static func isSavedPlan(_ bytes: [UInt8]) -> Bool {
    // Other programs write members in an order of their own.
    bytes.first == UInt8(ascii: "{")
      && String(decoding: bytes, as: UTF8.self).contains("\"format_version\"")
  }

  /// A path that is no readable file is the author's mistake; anything else is the disk's failure.
  private static func unreadable(_ name: String, _ error: Errno) -> CommandFailure {
    let mistakes: [Errno: String] = [
      .noSuchFileOrDirectory: "check the path",
      .notDirectory: "check the path",
      .isDirectory: "name the pipeline file in it",
      .permissionDenied: "check the rights of the file and its folders",
    ]
    return CommandFailure(
      OperationError(
        mistakes[error] == nil ? .inputOutput : .notFound,
        "cannot read \(name): \(error.description.lowercased())", remedy: mistakes[error],
        underlying: error),
      mistakes[error] == nil ? .storeFailed : .pipelineInvalid)
  }
}

extension FileDescriptor {
  fileprivate func readAll(upTo limit: Int, named name: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try chunk.withUnsafeMutableBytes { try read(into: $0) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= limit else {
        throw CommandFailure(
          OperationError(
            .unsupported, "\(name) is larger than \(limit >> 20) MiB",
            remedy: "split it into several pipelines"),
          .pipelineInvalid)
      }
    }
  }
}
