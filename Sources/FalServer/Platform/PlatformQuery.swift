internal import FalProtocol
internal import FalQueue

/// Reads what all listings of the platform ask with.
struct PlatformQuery {
  let query: QueryItems
  let now: Timestamp

  /// Values of `name`, separated by commas or given several times, at most 50 of them.
  func list(_ name: String) throws -> [String] {
    let values = query.items.filter { $0.name == name }
      .flatMap { $0.value.split(separator: ",").map(String.init) }
    guard values.count <= 50 else {
      throw Refusal.invalidQuery("`\(name)` takes at most 50 values")
    }
    return values
  }

  /// From `start` (by default so long before now) up to and without `end`.
  func window(defaulting length: Duration) throws -> (from: Timestamp, until: Timestamp?) {
    let from = try moment("start") ?? now - length
    let until = try moment("end")
    if let until, until < from {
      throw Refusal.invalidQuery("`end` is before `start`")
    }
    return (from, until)
  }

  /// A whole number; `standard` when it is absent, `most` when it is larger.
  func limit(standard: Int, most: Int) throws -> Int {
    guard let text = query["limit"] else { return standard }
    guard let value = Int(text), value >= 1 else {
      throw Refusal.invalidQuery("`limit` is a whole number from 1")
    }
    return min(value, most)
  }

  private func moment(_ name: String) throws -> Timestamp? {
    guard let text = query[name], !text.isEmpty else { return nil }
    guard let moment = Timestamp(iso8601: text) else {
      throw Refusal.invalidQuery(
        "`\(name)` is a date like 2026-02-17 or a moment like 2026-02-17T10:30:00Z")
    }
    return moment
  }
}

extension Timestamp {
  /// Reads a date (its beginning in UTC) or a moment of RFC 3339; `nil` for anything else.
  ///
  /// A space in front of the zone is taken for the `+` that a careless client did not encode.
  init?(iso8601 text: String) {
    var digits = DigitReader(text)
    guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2),
      digits.skip("-"), let day = digits.number(2),
      let days = Self.days(year: year, month: month, day: day)
    else { return nil }
    let midnight = Int64(days) * 86_400_000
    if digits.isAtEnd {
      self.init(milliseconds: midnight)
      return
    }
    guard digits.skip("Tt "), let hour = digits.number(2), hour < 24, digits.skip(":"),
      let minute = digits.number(2), minute < 60, digits.skip(":"),
      let second = digits.number(2), second <= 60, let fraction = digits.milliseconds(),
      let zone = digits.zone(), digits.isAtEnd
    else { return nil }
    let time = Int64((hour * 60 + minute - zone) * 60 + second) * 1000 + Int64(fraction)
    self.init(milliseconds: midnight + time)
  }

  /// Days since 1970 of a date of the Gregorian calendar.
  private static func days(year: Int, month: Int, day: Int) -> Int? {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard year >= 1, lengths.indices.contains(month - 1), (1...lengths[month - 1]).contains(day)
    else { return nil }
    let before = year - 1
    let yearDays = before * 365 + before / 4 - before / 100 + before / 400
    return yearDays + lengths[..<(month - 1)].reduce(0, +) + day - 1 - 719_162
  }
}

/// Takes a text of digits and marks apart from its front.
private struct DigitReader {
  private var rest: ArraySlice<UInt8>

  init(_ text: String) { rest = Array(text.utf8)[...] }

  var isAtEnd: Bool { rest.isEmpty }

  /// Exactly `count` digits.
  mutating func number(_ count: Int) -> Int? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    rest = rest.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
  }

  /// One of the characters of `allowed`.
  mutating func skip(_ allowed: String) -> Bool {
    guard let byte = rest.first, allowed.utf8.contains(byte) else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// A fraction of a second, if there is one, cut to milliseconds.
  mutating func milliseconds() -> Int? {
    guard skip(".") else { return 0 }
    let digits = rest.prefix { (48...57).contains($0) }
    guard (1...9).contains(digits.count) else { return nil }
    rest = rest.dropFirst(digits.count)
    let three = (Array(digits) + [48, 48]).prefix(3)
    return three.reduce(0) { $0 * 10 + Int($1 - 48) }
  }

  /// Minutes east of UTC; none is UTC.
  mutating func zone() -> Int? {
    if rest.isEmpty || skip("Zz") { return 0 }
    let isWest = rest.first == UInt8(ascii: "-")
    guard skip("+- "), let hours = number(2), hours < 24 else { return nil }
    _ = skip(":")
    guard let minutes = number(2), minutes < 60 else { return nil }
    return (hours * 60 + minutes) * (isWest ? -1 : 1)
  }
}
