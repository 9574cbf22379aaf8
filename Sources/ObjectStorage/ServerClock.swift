internal import HTTP
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How far a server's clock is from this machine's, once the server has refused a signature for it.
///
/// Signatures carry a time, and servers take none that is a quarter of an hour off theirs. A runner with
/// a wrong clock goes by the server's.
final class ServerClock: Sendable {
  private let known = Mutex<Int?>(nil)

  /// Seconds that the server is ahead; `nil` while this machine's clock is good enough.
  var lead: Int? { known.withLock { $0 } }

  /// Takes over the time that an answer tells.
  ///
  /// Returns the new lead where it is of use to a request that was signed with `lead`.
  func learn(from answer: HTTPAnswer, insteadOf lead: Int?) -> Int? {
    guard let told = answer.header("date").flatMap(HTTPDate.seconds) else { return nil }
    let new = told - time(nil)
    known.withLock { $0 = new }
    return abs(new - (lead ?? 0)) > 60 ? new : nil
  }

  /// The server's time as a signature has it: `20261123T030405Z`.
  static func stamp(_ lead: Int) -> String? {
    var seconds = time(nil) + lead
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return nil }
    func digits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = "\(parts.tm_year + 1900)\(digits(parts.tm_mon + 1))\(digits(parts.tm_mday))"
    return "\(day)T\(digits(parts.tm_hour))\(digits(parts.tm_min))\(digits(parts.tm_sec))Z"
  }
}
