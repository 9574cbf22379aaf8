import KeyreelCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The life of one child process, which leads a process group, from its start to its reaping.
final class ChildLife: Sendable {
  let process: pid_t
  private let end: Int32
  private let ended = Locked<Int32?>(nil)

  /// Starts a process.
  init(_ spawn: Spawn) throws {
    // Its write end is closed when the process has ended, which wakes whoever polls the other.
    let (end, closing) = try ClosedOnExec.pipe()
    do { process = try spawn.start() } catch {
      for end in [end, closing] { close(end) }
      throw error
    }
    self.end = end
    OwnThread.start { [ended, process] in
      var info = siginfo_t()
      // Its number stays its own until it is reaped, so that nobody else is killed below.
      while waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
      ended.withLock { status in
        Self.signal(-process, SIGKILL)
        var word: Int32 = 0
        while waitpid(process, &word, 0) < 0, errno == EINTR {}
        status = word & 0x7F == 0 ? word >> 8 & 0xFF : 128 + word & 0x7F
      }
      close(closing)
    }
  }

  deinit { close(end) }

  /// The exit status, or 128 + the signal that ended it; `nil` while it runs.
  var status: Int32? { ended.withLock { $0 } }

  /// Sends `signal` to the process, unless it has ended.
  func send(_ signal: Int32) {
    ended.withLock { if $0 == nil { Self.signal(process, signal) } }
  }

  /// Kills the process and all of its group.
  func kill() {
    ended.withLock { if $0 == nil { Self.signal(-process, SIGKILL) } }
  }

  /// Blocks until the process has ended and returns its status, or `nil` when `deadline` came first.
  func waits(until deadline: ContinuousClock.Instant?) -> Int32? {
    while status == nil {
      var left: Int32 = -1
      if let deadline {
        let time = ContinuousClock.now.duration(to: deadline)
        guard time > .zero else { return nil }
        left = Int32(clamping: Int64((time / .milliseconds(1)).rounded(.up)))
      }
      var place = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
      _ = poll(&place, 1, left)
    }
    return status
  }

  private static func signal(_ process: pid_t, _ signal: Int32) {
    #if canImport(Glibc)
      _ = Glibc.kill(process, signal)
    #elseif canImport(Musl)
      _ = Musl.kill(process, signal)
    #else
      _ = Darwin.kill(process, signal)
    #endif
  }
}
