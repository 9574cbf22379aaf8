public import KeyreelCore
import SystemPackage

/// Registers in a folder: one file per version, the highest number counts.
///
/// The file of the next version is linked into place, which only one writer can do. Old versions stay for
/// a while, because a machine with an old view of the folder must not be able to write one of them anew.
extension DirectorySpace {
  /// So many versions stay: far more than a file server's clients are ever behind.
  private static let keptVersions = 64

  /// What a register holds, or `nil` when it was never written.
  public func register(_ name: String) throws -> RegisterValue? {
    let folder = self.folder.child(name + Self.registerEnding)
    // A version that is just being replaced may go between the listing and the reading.
    for _ in 0..<8 {
      guard let last = try Self.versions(in: folder).last else { return nil }
      if let bytes = try Disk.read(folder.child("\(last)")) {
        return RegisterValue(bytes: bytes, version: "\(last)")
      }
    }
    return nil
  }

  /// Writes a register's value in place of the version `expected` (`nil`: of nothing).
  public func swap(
    _ name: String, _ bytes: [UInt8], expecting expected: String?
  ) throws -> String? {
    let folder = self.folder.child(name + Self.registerEnding)
    let last = try Self.versions(in: folder).last
    guard last.map({ "\($0)" }) == expected else { return nil }
    let next = (last ?? 0) + 1
    let target = folder.child("\(next)")
    guard try naming(target, { (draft) throws(OperationError) in try Disk.write(bytes, to: draft) })
    else { return nil }
    // The link made the file server tell us the folder as it is now.
    let versions = try Self.versions(in: folder)
    guard versions.last == next else {
      Disk.remove(target)
      return nil
    }
    for version in versions where version <= next - Self.keptVersions {
      Disk.remove(folder.child("\(version)"))
    }
    return "\(next)"
  }

  private static func versions(in folder: FilePath) throws(OperationError) -> [Int] {
    try Disk.names(in: folder).compactMap { Int($0) }.sorted()
  }

  /// Keeps a mistyped `shared:~/Pictures` from making a store among somebody's files.
  private func refuseStrangers() throws(OperationError) {
    // By one listing: another machine may be making the store this very moment.
    let names = try Disk.names(in: folder)
    guard !names.contains("format.json"),
      let stranger = names.first(where: { !Self.ownNames.contains($0) })
    else { return }
    throw OperationError(
      .unsupported, "\(folder) is not a shared store: it has \(stranger) in it",
      remedy: "choose an empty or a new folder for the store (--store)")
  }

  private static let ownNames: Set<String> = [
    "claims", "drafts", "films", "history", "month.register", "objects", "owners", "probe", "runs",
    "lost+found", ".DS_Store",
  ]

  /// Writes two small things, each twice, to see whether names are granted once here.
  public func probe() throws {
    try refuseStrangers()
    let name = "probe/\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    defer { try? remove(name) }
    let (first, second) = (Array("first".utf8), Array("second".utf8))
    guard try create(name, first), try !create(name, second), try read(name) == first else {
      throw OperationError(
        .unsupported, "\(address) cannot hold a store: it lets files be replaced that are there",
        remedy: "use another file system, or S3")
    }
    sweepDrafts(now: Disk.status(path(name))?.modified)
  }

  /// Removes what machines that died were writing days ago.
  ///
  /// `now` is a time of the file server, as the drafts' own times are: no two clocks are compared.
  private func sweepDrafts(now: Int64?) {
    guard let now, let names = try? Disk.names(in: drafts) else { return }
    for draft in names.map(drafts.child) {
      guard let status = Disk.status(draft), status.isRegular,
        status.modified < now - Self.draftLife
      else { continue }
      Disk.remove(draft)
    }
  }

  /// Two days, in nanoseconds: no single write takes so long.
  private static let draftLife: Int64 = 2 * 86_400 * 1_000_000_000
}
