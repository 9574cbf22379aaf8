#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the program says: results on standard output, everything else on standard error.
enum Voice {
  /// Says `line` to people.
  static func say(_ line: String) { write(line, STDERR_FILENO) }

  /// Hands `line` over as a result.
  static func result(_ line: String) { write(line, STDOUT_FILENO) }

  private static func write(_ line: String, _ descriptor: Int32) {
    var rest = Array((line + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { writeBytes(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      // Nobody listens: there is nobody to tell that either.
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}

/// `write` under a name that methods of the same name do not hide.
private let writeBytes = write
