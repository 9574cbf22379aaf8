import KeyreelCore

extension ScalarForm where Value == Duration {
  /// How long somebody waits, or something is kept, by the clock on the wall.
  static let wait = ScalarForm(
    "wait", wants: "a time such as `90s`, `10m`, `6h` or `7d`", code: .notATime,
    read: { scalar in
      guard let word = scalar.textualWord, let unit = word.last, let seconds = seconds[unit],
        (2...6).contains(word.utf8.count), word.first != "0",
        word.dropLast().utf8.allSatisfy({ (48...57).contains($0) }),
        let count = Int64(word.dropLast())
      else { return nil }
      return .seconds(count * seconds)
    },
    advice: { scalar in
      scalar.text.allSatisfy(\.isNumber) ? "name the unit: `\(scalar.text)s`" : nil
    },
    schema: {
      $0.pattern("^[1-9][0-9]{0,4}[smhd]$", examples: ["90s", "10m", "6h", "7d"])
    })

  private static let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
}
