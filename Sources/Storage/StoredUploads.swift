public import KeyreelCore
import Synchronization
import SystemPackage

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Uploads remembered in a store: one small file each, so that processes do not disturb one another.
///
/// A file that is damaged, strange or too old counts as not there. Nothing here ever fails: without a
/// memory a picture travels once more.
public final class StoredUploads: UploadMemory {
  /// What one file holds.
  private struct Entry: Codable {
    /// Where the picture is.
    var address: String
    /// The origin and the picture, again: a file under a wrong name is not believed.
    var origin: String
    var digest: Digest
    /// The end of its life, in seconds since 1970.
    var ends: Int64
  }

  private let store: DirectoryStore
  private let now: @Sendable () -> Date
  private let isSwept = Mutex(false)

  /// An upload this close to its end is not used any more: a request may wait in a queue for hours.
  private static let margin: Int64 = 12 * 3600
  /// Far above any address; a data URI has no business here.
  private static let longestAddress = 4096

  /// The memory in `store`; `now` is the clock on the wall.
  public init(_ store: DirectoryStore, now: @escaping @Sendable () -> Date = { Date() }) {
    self.store = store
    self.now = now
  }

  /// The address of the picture with this digest at `origin`, if it lives for half a day at least.
  public func address(of digest: Digest, at origin: String) -> String? {
    guard let entry = Self.entry(at: place(of: digest, at: origin)), entry.digest == digest,
      entry.origin == origin, isAlive(entry)
    else { return nil }
    return entry.address
  }

  /// Notes that the picture is at `address` until `lifetime` has passed.
  public func remember(
    _ address: String, of digest: Digest, at origin: String, lifetime: Duration
  ) {
    guard address.utf8.count <= Self.longestAddress else { return }
    let entry = Entry(
      address: address, origin: origin, digest: digest,
      ends: seconds + lifetime.components.seconds)
    guard isAlive(entry), let bytes = try? JSONEncoder().encode(entry) else { return }
    do {
      let draft = try store.stage(ending: "json")
      try Disk.makeFolders(store.layout.uploads)
      try Disk.write(Array(bytes), to: draft, force: .none)
      try Disk.rename(draft, to: place(of: digest, at: origin))
    } catch { return }
    sweep()
  }

  private var seconds: Int64 { Int64(now().timeIntervalSince1970) }

  private func isAlive(_ entry: Entry) -> Bool {
    // An end in the far future is a clock that was wrong once.
    entry.ends - Self.margin > seconds && entry.ends < seconds + 366 * 86_400
  }

  private func place(of digest: Digest, at origin: String) -> FilePath {
    store.layout.uploads.child("\(Digest.of("\(origin)\n\(digest)").hex).json")
  }

  private static func entry(at path: FilePath) -> Entry? {
    guard let size = Disk.status(path)?.size, size <= 16 << 10,
      let bytes = try? Disk.read(path)
    else { return nil }
    return try? JSONDecoder().decode(Entry.self, from: Data(bytes))
  }

  /// Removes what is of no use any more, once in a process.
  private func sweep() {
    let isFirst = isSwept.withLock { isSwept in
      defer { isSwept = true }
      return !isSwept
    }
    guard isFirst, let names = try? Disk.names(in: store.layout.uploads) else { return }
    for name in names {
      let path = store.layout.uploads.child(name)
      if Self.entry(at: path).map(isAlive) != true { Disk.remove(path) }
    }
  }
}
