import KeyreelCore

/// Money, times and counts as people read them.
enum Amounts {
  /// `$0.2664`, `0.25 EUR`.
  static func money(_ amount: Money, _ currency: String) -> String {
    currency == "USD" ? "$\(amount.decimal)" : "\(amount.decimal) \(currency)"
  }

  /// `$0.26`, or `$0.26 to $0.32` when it may become more.
  static func range(_ price: PriceRange, _ currency: String) -> String {
    price.expected == price.worst
      ? money(price.expected, currency)
      : "expected \(money(price.expected, currency)), at most \(money(price.worst, currency))"
  }

  /// `1 frame`, `2 frames`.
  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  /// The exact length in seconds, rounded to a billionth: `16.033333333`.
  static func seconds(of frames: Int, at rate: FrameRate) -> String {
    let scaled = Int128(frames) * Int128(rate.denominator) * 2_000_000_000
    let nanos = (scaled + Int128(rate.numerator)) / (2 * Int128(rate.numerator))
    return trimmed(whole: Int64(nanos / 1_000_000_000), fraction: Int64(nanos % 1_000_000_000), 9)
  }

  /// Seconds as a decimal: `1.5`.
  static func seconds(nanoseconds: Int64) -> String {
    trimmed(whole: nanoseconds / 1_000_000_000, fraction: nanoseconds % 1_000_000_000, 9)
  }

  /// `0:08.000`, `1:02:03.500`: minutes, seconds and thousandths.
  static func timecode(_ frame: Int, at rate: FrameRate) -> String {
    let scaled = Int128(frame) * Int128(rate.denominator) * 2000
    let total = Int64((scaled + Int128(rate.numerator)) / (2 * Int128(rate.numerator)))
    let (minutes, rest) = total.quotientAndRemainder(dividingBy: 60_000)
    let seconds = digits(rest / 1000, 2) + "." + digits(rest % 1000, 3)
    return minutes < 60
      ? "\(minutes):\(seconds)" : "\(minutes / 60):\(digits(minutes % 60, 2)):\(seconds)"
  }

  /// `0.4s`, `12.3s`, `4m 05s`, `2h 03m`.
  static func elapsed(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if seconds < 60 { return "\(seconds).\(attoseconds / 100_000_000_000_000_000)s" }
    if seconds < 3600 { return "\(seconds / 60)m \(digits(seconds % 60, 2))s" }
    return "\(seconds / 3600)h \(digits(seconds / 60 % 60, 2))m"
  }

  /// `512 B`, `3.4 MB`; thousands, as disks are sold.
  static func bytes(_ count: Int) -> String {
    var (value, unit) = (count, 0)
    var tenths = 0
    while value >= 1000, unit < 5 {
      tenths = value % 1000 / 100
      value /= 1000
      unit += 1
    }
    let name = ["B", "kB", "MB", "GB", "TB", "PB"][unit]
    return unit == 0 ? "\(value) \(name)" : "\(value).\(tenths) \(name)"
  }

  private static func digits(_ number: Int64, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }

  private static func trimmed(whole: Int64, fraction: Int64, _ places: Int) -> String {
    guard fraction > 0 else { return String(whole) }
    var text = digits(fraction, places)
    while text.hasSuffix("0") { text.removeLast() }
    return "\(whole).\(text)"
  }
}
