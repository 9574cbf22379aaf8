#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import KeyreelCore
internal import SystemPackage

/// A folder for files of one command, which are gone when it ends.
enum ScratchFolder {
  /// Makes one where the system wants such folders, and removes it behind `body`, whatever happens.
  static func with<Value>(
    _ environment: [String: String], _ body: (FilePath) async throws -> Value
  ) async throws -> Value {
    let base = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    let name = "keyreel-\(UInt64.random(in: 0 ... .max))"
    let folder = FilePath(base).resolved?.appending(name) ?? FilePath(base).appending(name)
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder.string) }
    return try await body(folder)
  }
}
