#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// Small text files that only their owner may read.
enum PrivateFile {
  /// Replaces `path` by `text` in one step, with the mode 0600.
  static func write(_ text: String, to path: FilePath) throws {
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
      unlink(draft.string)
      throw OperationError(
        .inputOutput, "\(path) cannot be written: \(error.description)",
        remedy: "check the folder and its rights")
    }
  }

  /// The file's text without white space around it; `nil` when there is none.
  static func text(of path: FilePath) throws -> String? {
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      return try descriptor.closeAfter {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        return String(text.prefix { !$0.isWhitespace })
      }
    } catch Errno.noSuchFileOrDirectory {
      return nil
    } catch let error as Errno {
      throw OperationError(.inputOutput, "\(path) cannot be read: \(error.description)")
    }
  }
}
