#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Sleep of a thread that is nobody else's.
enum ThreadPause {
  /// Returns after `time`.
  static func sleep(_ time: Duration) {
    var left = timespec(
      tv_sec: Int(time.components.seconds),
      tv_nsec: Int(time.components.attoseconds / 1_000_000_000))
    var rest = timespec()
    while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
  }
}
