#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// Tells that something may have changed in folders; used on one thread only.
protocol FolderSignal: AnyObject {
  /// Listens to these folders from now on, and to no others.
  func listen(to folders: Set<FilePath>)

  /// Blocks until something may have changed, at most for `milliseconds`; tells whether it may have.
  func wait(milliseconds: Int32) -> Bool
}

/// Asks after every pause, where the system tells nothing.
final class PollingSignal: FolderSignal {
  func listen(to folders: Set<FilePath>) {}

  func wait(milliseconds: Int32) -> Bool {
    usleep(UInt32(max(1, milliseconds)) * 1000)
    return true
  }
}

#if os(Linux)
  /// The kernel's own news of folders, `inotify(7)`.
  ///
  /// Folders are listened to and not files: editors that save by renaming exchange the file itself.
  final class InotifySignal: FolderSignal {
    private let descriptor: Int32
    private var watches: [FilePath: Int32] = [:]
    private static let events = UInt32(
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB
        | IN_DELETE_SELF | IN_MOVE_SELF)

    /// `nil` where the system has no more of them to give.
    init?() {
      descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
      if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    func listen(to folders: Set<FilePath>) {
      for (folder, watch) in watches where !folders.contains(folder) {
        inotify_rm_watch(descriptor, watch)
        watches[folder] = nil
      }
      // Also those that are listened to: a folder may have been exchanged for another of its name.
      for folder in folders {
        let watch = inotify_add_watch(descriptor, folder.string, Self.events)
        watches[folder] = watch < 0 ? nil : watch
      }
    }

    func wait(milliseconds: Int32) -> Bool {
      var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&place, 1, milliseconds) > 0 else { return false }
      // What the events say does not matter: the files themselves are looked at.
      var buffer = [UInt8](repeating: 0, count: 1 << 14)
      var count = 0
      while true {
        let read = read(descriptor, &buffer, buffer.count)
        guard read > 0 else { return count > 0 }
        count += read
      }
    }
  }
#endif

extension FolderSignal where Self == PollingSignal {
  /// The best signal that this system has.
  static func best() -> any FolderSignal {
    #if os(Linux)
      if let signal = InotifySignal() { return signal }
    #endif
    return PollingSignal()
  }
}
