internal import FalQueue
internal import FoundationEssentials

extension Timestamp {
  /// The moment as RFC 3339 text in UTC with milliseconds: `2026-02-17T10:30:01.123Z`.
  var rfc3339: String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// The moment in whole seconds with a numeric zone, `2026-02-17T10:30:01+00:00`: old Pythons cannot
  /// read a `Z`.
  var numericZoneText: String {
    Date(timeIntervalSince1970: Double(milliseconds / 1000))
      .formatted(Date.ISO8601FormatStyle()).dropLast() + "+00:00"
  }
}
