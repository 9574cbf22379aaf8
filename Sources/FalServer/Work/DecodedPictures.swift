internal import KeyreelCore
internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Files of the pictures that came inside requests, each once for all jobs that use it at the same time.
///
/// Neighbours in a film share a keyframe. A file goes with its last user.
final class DecodedPictures: Sendable {
  private struct Entry {
    let path: FilePath
    var users = 1
  }

  private let entries = Mutex<[Digest: Entry]>([:])

  /// The file of the picture with this digest, in use from now on; `nil` when there is none.
  func take(_ digest: Digest) -> FilePath? { entries.withLock { Self.use(digest, in: &$0) } }

  /// Keeps the new file `path`, and gives the one to use: another may have been quicker.
  func keep(_ path: FilePath, _ digest: Digest) -> FilePath {
    let earlier = entries.withLock { entries in
      let earlier = Self.use(digest, in: &entries)
      if earlier == nil { entries[digest] = Entry(path: path) }
      return earlier
    }
    guard let earlier else { return path }
    unlink(path.string)
    return earlier
  }

  /// Ends one use.
  func release(_ digest: Digest) {
    let leftover = entries.withLock { entries -> FilePath? in
      guard let entry = entries[digest] else { return nil }
      entries[digest] = entry.users > 1 ? Entry(path: entry.path, users: entry.users - 1) : nil
      return entry.users > 1 ? nil : entry.path
    }
    if let leftover { unlink(leftover.string) }
  }

  private static func use(_ digest: Digest, in entries: inout [Digest: Entry]) -> FilePath? {
    entries[digest]?.users += 1
    return entries[digest]?.path
  }
}
