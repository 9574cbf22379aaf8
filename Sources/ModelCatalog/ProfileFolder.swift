import KeyreelCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files of a folder of profiles.
enum ProfileFolder {
  /// A profile is a page of text; anything larger than this many bytes is something else.
  static let largestFile = 1 << 20

  /// The `*.json` files of `folder` in the order of names; none when the folder does not exist.
  static func files(in folder: FilePath) throws -> [FilePath] {
    guard let directory = opendir(folder.string) else {
      let error = Errno(rawValue: errno)
      if error == .noSuchFileOrDirectory { return [] }
      throw OperationError(
        error == .permissionDenied ? .permissionDenied : .inputOutput,
        "the folder of model profiles `\(folder)` cannot be read: \(error)",
        remedy: "check that it is a folder and that you may read it")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".json"), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted().map { folder.appending($0) }
  }

  /// The bytes of `file`.
  static func bytes(of file: FilePath) throws -> [UInt8] {
    do {
      let descriptor = try FileDescriptor.open(file, .readOnly)
      return try descriptor.closeAfter {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= largestFile {
          let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
          if count == 0 { return bytes }
          bytes += chunk[..<count]
        }
        throw OperationError(
          .unsupported, "the model profile `\(file)` has more than \(largestFile) bytes",
          remedy: "a profile is a page of JSON; see docs/models.md")
      }
    } catch let error as Errno {
      throw OperationError(
        error == .permissionDenied ? .permissionDenied : .inputOutput,
        "the model profile `\(file)` cannot be read: \(error)", remedy: "check the file's rights",
        underlying: error)
    }
  }
}
