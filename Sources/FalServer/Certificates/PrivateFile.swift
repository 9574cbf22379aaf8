#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
public import SystemPackage

/// Small text files and folders that only their owner may read.
public enum PrivateFile {
  /// More than any file that is written here has.
  private static let readLimit = 1 << 16

  /// Replaces `path` by `text` in one step, with the mode 0600; throws an `OperationError`.
  public static func write(_ text: String, to path: FilePath) throws {
    let draft = FilePath("\(path).\(getpid()).new")
    do {
      let descriptor = try FileDescriptor.open(
        draft, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite])
      try descriptor.closeAfter {
        _ = try descriptor.writeAll(text.utf8)
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
      }
      guard rename(draft.string, path.string) == 0 else { throw Errno(rawValue: errno) }
    } catch let error as Errno {
      if error != .fileExists { unlink(draft.string) }
      throw OperationError(
        .inputOutput, "\(path) cannot be written: \(error.description)",
        remedy: "check the folder and its rights")
    }
  }

  /// The file's text, at most 64 KiB of it; `nil` when there is none.
  public static func text(of path: FilePath) throws -> String? {
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      return try descriptor.closeAfter {
        var text: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 4096)
        while text.count < readLimit {
          let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
          if count == 0 { break }
          text += bytes[..<count]
        }
        return String(decoding: text, as: UTF8.self)
      }
    } catch Errno.noSuchFileOrDirectory {
      return nil
    } catch let error as Errno {
      throw OperationError(.inputOutput, "\(path) cannot be read: \(error.description)")
    }
  }

  /// Removes the file at `path`, if there is one.
  public static func remove(_ path: FilePath) { unlink(path.string) }

  /// Makes the folder `path` with the mode 0700, or gives one that is there this mode.
  public static func makeFolder(_ path: FilePath) throws {
    guard mkdir(path.string, 0o700) == 0 || errno == EEXIST, chmod(path.string, 0o700) == 0 else {
      throw OperationError(
        .inputOutput, "the folder \(path) cannot be made: \(Errno(rawValue: errno).description)",
        remedy: "check its parent folder and its rights")
    }
  }
}
