internal import FalQueue
internal import FoundationEssentials

extension Timestamp {
  /// The moment as RFC 3339 text in UTC with milliseconds: `2026-02-17T10:30:01.123Z`.
  ///
  /// A fraction that went through a floating-point number would be one millisecond early at times.
  var rfc3339: String { "\(wholeSeconds).\(fraction)Z" }

  /// The moment in whole seconds with a numeric zone, `2026-02-17T10:30:01+00:00`: old Pythons cannot
  /// read a `Z`.
  var numericZoneText: String { "\(wholeSeconds)+00:00" }

  private var wholeSeconds: Substring {
    Date(timeIntervalSince1970: Double((milliseconds - remainder) / 1000))
      .formatted(Date.ISO8601FormatStyle()).dropLast()
  }

  private var fraction: String {
    let digits = String(remainder)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// 0…999, also for moments before 1970.
  private var remainder: Int64 {
    let rest = milliseconds % 1000
    return rest < 0 ? rest + 1000 : rest
  }
}
