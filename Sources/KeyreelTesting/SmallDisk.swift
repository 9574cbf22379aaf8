#if canImport(Glibc)
  import Glibc
  public import SystemPackage

  /// A disk of a few hundred kilobytes, in memory, to be filled or made read-only.
  public final class SmallDisk: Sendable {
    /// Where it is mounted.
    public let path: FilePath
    private let scratch: ScratchFolder?

    /// Whether this process may mount file systems; tests on small disks are left out where it may not.
    public static let isPossible: Bool = (try? SmallDisk()) != nil

    /// Mounts a new disk, in a new folder or at `place`, whose folder is made if need be.
    public init(kibibytes: Int = 512, at place: FilePath? = nil) throws {
      let scratch = place == nil ? try ScratchFolder() : nil
      self.scratch = scratch
      path = place ?? scratch?.path.appending("disk") ?? ""
      try TestFile.makeFolders(path)
      guard mount("tmpfs", path.string, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
        throw Errno(rawValue: errno)
      }
    }

    deinit { unmount() }

    /// Takes the disk away, as the last reference to it does; what is open on it stays until closed.
    public func unmount() { umount2(path.string, Int32(MNT_DETACH)) }

    /// Fills the disk to the last byte, or but for `free` kibibytes.
    public func fill(leaving free: Int = 0) throws {
      let file = try FileDescriptor.open(
        path.appending("filler"), .writeOnly, options: [.create], permissions: [.ownerReadWrite])
      try file.closeAfter {
        for size in [4096, 1] {
          let block = [UInt8](repeating: 0, count: size)
          while (try? block.withUnsafeBytes { try file.write($0) }) ?? 0 > 0 {}
        }
        let size = try file.seek(offset: 0, from: .end)
        if free > 0 { try file.resize(to: max(0, size - Int64(free * 1024))) }
      }
    }

    /// Makes room again.
    public func makeRoom() throws { try TestFile.remove(path.appending("filler")) }

    /// Lets nobody write any more.
    public func makeReadOnly() throws { try remount(UInt(MS_RDONLY)) }

    /// Lets everybody write again.
    public func makeWritable() throws { try remount(0) }

    /// Another test's process that is just being started has copies of the files that are open here
    /// until its program is loaded: that they are closed is waited for, some seconds at most.
    private func remount(_ flags: UInt) throws {
      let patience = ContinuousClock.now + .seconds(20)
      while mount("tmpfs", path.string, "tmpfs", UInt(MS_REMOUNT) | flags, nil) != 0 {
        let reason = errno
        guard reason == EBUSY, .now < patience else { throw Errno(rawValue: reason) }
        usleep(2000)
      }
    }
  }
#endif
