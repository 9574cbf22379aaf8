/// Lengths of time as fal writes them: seconds, with a decimal fraction.
enum WireTime {
  /// Whole milliseconds as seconds: `1.5`, `0.042`, `3`.
  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let fraction = attoseconds / 1_000_000_000_000_000
    guard fraction > 0, seconds >= 0 else { return "\(max(0, seconds))" }
    var digits = String(fraction)
    digits = String(repeating: "0", count: 3 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(seconds).\(digits)"
  }

  /// The length of so many seconds; `nil` for negative and absurd ones (over a hundred years).
  static func duration(_ seconds: Double) -> Duration? {
    guard seconds >= 0, seconds <= 3.2e9 else { return nil }
    return .seconds(seconds)
  }
}
