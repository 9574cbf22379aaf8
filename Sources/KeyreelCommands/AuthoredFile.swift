#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// Writes files that the user keeps: plans, starters, pinned pipelines.
enum AuthoredFile {
  /// Replaces `path` by `bytes` in one step; `name` is what messages call it.
  static func write(_ bytes: some Sequence<UInt8>, to path: FilePath, named name: String) throws {
    let draft = path.removingLastComponent().appending(
      ".\(path.lastComponent?.string ?? "file").\(UInt32.random(in: 0 ... .max))")
    do {
      let descriptor = try FileDescriptor.open(
        draft, .writeOnly, options: [.create, .exclusiveCreate],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      _ = try descriptor.closeAfter { try descriptor.writeAll(bytes) }
      guard rename(draft.string, path.string) == 0 else { throw Errno(rawValue: errno) }
    } catch let error as Errno {
      unlink(draft.string)
      throw OperationError(
        error == .noSpace ? .diskFull : .inputOutput,
        "cannot write \(name): \(error.description.lowercased())",
        remedy: "check the folder and its rights", underlying: error)
    }
  }

  /// Makes `folder` and the folders above it where they are missing.
  static func makeFolder(_ folder: FilePath) throws {
    guard access(folder.string, F_OK) != 0 else { return }
    let parent = folder.removingLastComponent()
    if !parent.isEmpty, parent != folder { try makeFolder(parent) }
    guard mkdir(folder.string, 0o777) == 0 || errno == EEXIST else {
      let error = Errno(rawValue: errno)
      throw OperationError(
        .inputOutput, "cannot make the folder \(folder): \(error.description.lowercased())",
        remedy: "check the folder above it and its rights", underlying: error)
    }
  }

  /// Whether anything is at `path`.
  static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }
}
