public import KeyreelCore
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder on a file system that many machines share, as the ground of a shared store.
///
/// Everything is written as a draft, forced to the disk, and given its name by a hard link, which the
/// file server grants to one machine alone. No lock is trusted: whether `flock` reaches across machines
/// depends on how each of them has mounted the file system.
public struct DirectorySpace: ObjectSpace {
  /// The folder; made by the first write.
  public let folder: FilePath

  /// The space in `folder`, which need not exist.
  public init(_ folder: FilePath) { self.folder = folder }

  /// `shared:/mnt/team/keyreel`.
  public var address: String { "shared:\(folder)" }

  var drafts: FilePath { folder.child("drafts") }

  func path(_ name: String) -> FilePath { folder.child(name) }

  /// The bytes of a small object, or `nil` when it is not there.
  public func read(_ name: String) throws -> [UInt8]? { try Disk.read(path(name)) }

  /// Copies an object to the new file `path` and returns the digest of what came, or `nil`.
  public func fetch(_ name: String, to path: FilePath) throws -> Digest? {
    guard Disk.exists(self.path(name)) else { return nil }
    try Disk.write([], to: path, force: .none)
    do {
      try Disk.copy(self.path(name), onto: path)
      return try Disk.settle(path).digest
    } catch {
      Disk.remove(path)
      throw error
    }
  }

  /// Writes a small object unless it is there; tells whether it did.
  public func create(_ name: String, _ bytes: [UInt8]) throws -> Bool {
    try naming(path(name)) { (draft) throws(OperationError) in try Disk.write(bytes, to: draft) }
  }

  /// Writes the file `path`, whose bytes have `digest`, unless the object is there; tells whether it did.
  public func upload(
    _ path: FilePath, digest: Digest, byteCount: Int, as name: String
  ) throws -> Bool {
    try naming(self.path(name)) { (draft) throws(OperationError) in
      try Disk.write([], to: draft, force: .none)
      try Disk.copy(path, onto: draft)
      let found = try Disk.settle(draft)
      guard found.digest == digest, found.byteCount == byteCount else {
        Disk.remove(draft)
        throw OperationError(
          .corrupt, "\(path) changed after it was inspected",
          remedy: "run again; nothing was kept")
      }
      try Disk.setMode(0o444, of: draft)
    }
  }

  /// Names that begin with `prefix`, sorted; those of registers are among them.
  public func names(under prefix: String) throws -> [String] {
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    var found: [String] = []
    try collect(folder, beginning: prefix, into: &found)
    return found.sorted()
  }

  private func collect(
    _ folder: String, beginning prefix: String, into found: inout [String]
  ) throws(OperationError) {
    for entry in try Disk.names(in: path(String(folder.dropLast(folder.isEmpty ? 0 : 1)))) {
      let name = folder + entry
      guard name.hasPrefix(prefix) || prefix.hasPrefix(name + "/"), name != "drafts" else {
        continue
      }
      if entry.hasSuffix(Self.registerEnding) {
        found.append(String(name.dropLast(Self.registerEnding.count)))
      } else if Disk.status(path(name))?.isFolder == true {
        try collect(name + "/", beginning: prefix, into: &found)
      } else {
        found.append(name)
      }
    }
  }

  /// Removes an object or a register; one that is not there is fine.
  public func remove(_ name: String) throws {
    Disk.remove(path(name))
    let register = path(name + Self.registerEnding)
    if Disk.exists(register) { try Disk.removeTree(register) }
  }

  static let registerEnding = ".register"

  /// Has a draft written and gives it the name `target` unless that is taken; tells whether it did.
  func naming(
    _ target: FilePath, _ write: (FilePath) throws(OperationError) -> Void
  ) throws(OperationError) -> Bool {
    try Disk.makeFolders(drafts)
    try Disk.makeFolders(target.parent)
    let name = String(UInt64.random(in: 0 ... .max), radix: 16)
    let draft = drafts.child("\(getpid())-\(name)")
    defer { Disk.remove(draft) }
    try write(draft)
    return try Self.link(draft, as: target)
  }

  private static func link(_ draft: FilePath, as target: FilePath) throws(OperationError) -> Bool {
    let result = draft.withPlatformString { old in
      target.withPlatformString { new in Glibc.link(old, new) }
    }
    if result != 0 {
      let errno = Disk.lastError
      switch errno {
      case .fileExists:
        // A file server may have done it and lost the answer: then both names are one file.
        guard let own = Disk.status(draft), let found = Disk.status(target),
          own.inode == found.inode, own.device == found.device
        else { return false }
      case .notPermitted, .notSupported, .tooManyLinks, Errno(rawValue: EOPNOTSUPP):
        throw OperationError(
          .unsupported, "the file system of \(target.parent) has no hard links",
          remedy: "a shared store needs them: use another file system, or S3", underlying: errno)
      default: throw .file(errno, "write", target)
      }
    }
    try Disk.syncFolder(target.parent)
    return true
  }
}
