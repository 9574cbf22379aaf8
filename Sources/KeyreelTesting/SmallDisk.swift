#if canImport(Glibc)
  import Glibc
  public import SystemPackage

  /// A disk of a few hundred kilobytes, in memory, to be filled or made read-only.
  public final class SmallDisk: Sendable {
    /// Where it is mounted.
    public let path: FilePath
    private let scratch: ScratchFolder

    /// Whether this process may mount file systems; tests on small disks are left out where it may not.
    public static let isPossible: Bool = (try? SmallDisk()) != nil

    /// Mounts a new disk of 512 KiB.
    public init() throws {
      scratch = try ScratchFolder()
      path = scratch.path.appending("disk")
      try TestFile.makeFolders(path)
      guard mount("tmpfs", path.string, "tmpfs", 0, "size=512k") == 0 else {
        throw Errno(rawValue: errno)
      }
    }

    deinit { umount2(path.string, Int32(MNT_DETACH)) }

    /// Fills the disk to the last byte.
    public func fill() throws {
      let file = try FileDescriptor.open(
        path.appending("filler"), .writeOnly, options: [.create], permissions: [.ownerReadWrite])
      try file.closeAfter {
        for size in [4096, 1] {
          let block = [UInt8](repeating: 0, count: size)
          while (try? block.withUnsafeBytes { try file.write($0) }) ?? 0 > 0 {}
        }
      }
    }

    /// Makes room again.
    public func makeRoom() throws { try TestFile.remove(path.appending("filler")) }

    /// Lets nobody write any more.
    public func makeReadOnly() throws {
      let flags = UInt(MS_REMOUNT | MS_RDONLY)
      guard mount("tmpfs", path.string, "tmpfs", flags, nil) == 0 else {
        throw Errno(rawValue: errno)
      }
    }
  }
#endif
