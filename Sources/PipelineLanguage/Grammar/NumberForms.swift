import KeyreelCore

extension ScalarForm where Value == Int {
  /// A whole number in `range`.
  static func whole(_ range: ClosedRange<Int>, _ id: String) -> ScalarForm {
    ScalarForm(
      id, wants: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      code: .notAWholeNumber,
      read: { $0.wholeNumber.flatMap { range.contains($0) ? $0 : nil } },
      advice: { scalar in
        if let number = scalar.wholeNumber {
          return number < range.lowerBound
            ? "the smallest is \(range.lowerBound)" : "the largest is \(range.upperBound)"
        }
        var bare = scalar
        bare.isPlain = true
        return !scalar.isPlain && bare.wholeNumber.map(range.contains) == true
          ? "without quotes: \(scalar.text)" : nil
      },
      schema: { $0.wholeNumber(range) })
  }

  /// The version of the language.
  static let version = ScalarForm(
    "version", wants: "the version of the language, `1`", code: .notAWholeNumber,
    read: { $0.wholeNumber == 1 ? 1 : nil }, advice: { _ in "write `keyreel: 1`" },
    schema: { $0.wholeNumber(1...1) })
  /// How many takes, or which one.
  static let take = whole(1...100, "take")
  /// The number of frames that is sent to the model; the profile narrows it.
  static let frames = whole(1...1_000_000, "frames")
  /// Requests in flight at once.
  static let inFlight = whole(1...512, "in_flight")
  /// An encoder's constant rate factor; x264 and x265 stop at 51.
  static let crf = whole(0...63, "crf")
  /// Width of a preview in pixels.
  static let width = whole(16...4096, "width")

  /// Louder or softer, in hundredths of a decibel.
  static let gain = ScalarForm(
    "gain", wants: "a gain such as `-3dB`", code: .notAGain,
    read: { scalar in
      guard var word = scalar.textualWord?[...], word.hasSuffix("dB") else { return nil }
      word = word.dropLast(2)
      if word.hasSuffix(" ") { word = word.dropLast() }
      let isNegative = word.hasPrefix("-")
      if isNegative || word.hasPrefix("+") { word = word.dropFirst() }
      guard let value = Decimals.read(word, whole: 1...2, fraction: 1...2) else { return nil }
      return Int(value.nanos / 10_000_000) * (isNegative ? -1 : 1)
    },
    advice: { scalar in
      switch scalar.resolved {
      case .integer, .number: "give it its unit: `\(scalar.text)dB`"
      default: "for example `-3dB` or `1.5 dB`"
      }
    },
    schema: {
      $0.pattern(#"^[+-]?[0-9]{1,2}(\.[0-9]{1,2})? ?dB$"#, examples: ["-3dB", "-1.5 dB"])
    })
}

extension ScalarForm where Value == Bool {
  /// Yes or no, as `true` or `false`.
  static let flag = ScalarForm(
    "flag", wants: "`true` or `false`", code: .notABoolean,
    read: { if case .boolean(let flag) = $0.resolved { flag } else { nil } },
    advice: { scalar in
      switch scalar.text.lowercased() {
      case "yes", "on", "y", "1", "true": "write `true`\(scalar.isPlain ? "" : " without quotes")"
      case "no", "off", "n", "0", "false":
        "write `false`\(scalar.isPlain ? "" : " without quotes")"
      default: nil
      }
    },
    schema: { $0.typed(["boolean"]) })
}

extension ScalarForm where Value == TimeLength {
  /// A length of time or a point in time.
  static let time = ScalarForm(
    "time", wants: "a time such as `8s`, `250ms` or a whole number of frames", code: .notATime,
    read: { scalar in
      if let frames = scalar.wholeNumber {
        return (0...100_000_000).contains(frames) ? .frames(frames) : nil
      }
      guard let word = scalar.textualWord else { return nil }
      if word.hasSuffix("ms") {
        return Decimals.read(word.dropLast(2), whole: 1...9, fraction: 1...6).map {
          .time(nanoseconds: $0.nanos / 1000)
        }
      }
      guard word.hasSuffix("s") else { return nil }
      return Decimals.read(word.dropLast(), whole: 1...6, fraction: 1...9).map {
        .time(nanoseconds: $0.nanos)
      }
    },
    advice: timeAdvice,
    schema: {
      $0.wholeNumber(0...100_000_000)
      $0.pattern(
        #"^([0-9]{1,6}(\.[0-9]{1,9})?s|[0-9]{1,9}(\.[0-9]{1,6})?ms)$"#,
        examples: ["8s", "1.5s", "250ms"])
    })

  @Sendable private static func timeAdvice(_ scalar: Node.Scalar) -> String? {
    if scalar.text.hasPrefix("-") { return "a time is never negative" }
    if case .number = scalar.resolved {
      return "a bare number is frames; did you mean `\(scalar.text)s`?"
    }
    let number = scalar.text.prefix { $0.isNumber || $0 == "." }
    guard !number.isEmpty else { return nil }
    let unit = scalar.text.dropFirst(number.count).filter { $0 != " " }.lowercased()
    switch unit {
    case "": return scalar.isPlain ? nil : "without quotes it is frames: \(number)"
    case "s", "sec", "secs", "second", "seconds": return "did you mean `\(number)s`?"
    case "ms", "msec", "millis", "milliseconds": return "did you mean `\(number)ms`?"
    case "f", "frame", "frames": return "a bare number is frames: `\(number)`"
    case "m", "min", "mins", "minute", "minutes":
      return Int(number).map { "did you mean `\($0 * 60)s`?" }
    default:
      let parts = scalar.text.split(separator: ":").compactMap { Int($0) }
      guard parts.count == 2, parts.allSatisfy({ (0...999).contains($0) }) else { return nil }
      return "did you mean `\(parts[0] * 60 + parts[1])s`?"
    }
  }
}

extension ScalarForm where Value == Double {
  /// A share of a picture's width or height.
  static let share = ScalarForm(
    "share", wants: "a number from 0 to 1", code: .notANumber,
    read: { scalar in
      let value: Double? =
        switch scalar.resolved {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
      return value.flatMap { (0...1).contains($0) ? $0 : nil }
    },
    advice: { scalar in
      let digits = scalar.text.hasSuffix("%") ? String(scalar.text.dropLast()) : scalar.text
      guard let percent = Int(digits), (0...100).contains(percent) else { return nil }
      return "did you mean `\(Double(percent) / 100)`?"
    },
    schema: {
      $0.typed(["number"]) { text in
        text.key("minimum")
        text.value(0)
        text.key("maximum")
        text.value(1)
      }
    })
}

/// Reads decimals with a bounded number of digits, exactly.
enum Decimals {
  /// `text` as digits, a point and digits; `nil` when the counts of digits are out of bounds.
  static func read(
    _ text: some StringProtocol, whole: ClosedRange<Int>, fraction: ClosedRange<Int>
  ) -> Money? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), whole.contains(parts[0].utf8.count) else { return nil }
    if parts.count == 2, !fraction.contains(parts[1].utf8.count) { return nil }
    return text.hasPrefix("-") ? nil : Money(decimal: text)
  }
}
