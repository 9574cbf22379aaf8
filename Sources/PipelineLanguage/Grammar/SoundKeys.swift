import KeyreelCore

/// The keys of sound files, under the film and under sequences.
enum SoundKeys {
  /// What is said about a file, and means nothing without one.
  static let ofFile = ["start", "gain", "loop", "fade_in", "fade_out"]

  /// A file and how it is heard.
  static func file(isRequired: Bool) -> [KeyRule] {
    let file = KeyRule("file", .one(.path), "The file, relative to this one.")
    return [
      isRequired ? file.required : file,
      KeyRule("start", .one(.time), "Where in the file it begins."),
      KeyRule("gain", .one(.gain), "Louder or softer, such as -3dB."),
      KeyRule("loop", .one(.flag), "Whether it begins again when the file ends."),
      KeyRule("fade_in", .one(.time), "Fade at the beginning."),
      KeyRule("fade_out", .one(.time), "Fade at the end."),
    ]
  }

  /// The sound of a sequence.
  static let sequence = KeyTable(
    "sound", "in `sound`", "A sound file under a sequence.", file(isRequired: true))
}

extension ScalarForm where Value == OwnSound { static let ownSound = option("own_sound") }

extension ScalarForm where Value == Int {
  /// Integrated loudness, in hundredths of LUFS.
  static let loudness = ScalarForm(
    "loudness", wants: "a loudness such as `-16 LUFS`", code: .notALoudness,
    read: { scalar in
      guard var word = scalar.textualWord?[...], word.hasSuffix("LUFS"), word.hasPrefix("-") else {
        return nil
      }
      word = word.dropFirst().dropLast(4)
      if word.hasSuffix(" ") { word = word.dropLast() }
      guard let value = Decimals.read(word, whole: 1...2, fraction: 1...2) else { return nil }
      let hundredths = Int(value.nanos / 10_000_000)
      return (500...7000).contains(hundredths) ? -hundredths : nil
    },
    advice: { scalar in
      let number = scalar.text.filter { $0.isNumber || $0 == "." }
      guard let value = Double(number), value >= 5, value <= 70 else {
        return "from -70 to -5 LUFS; broadcast uses -23, the web -14 to -16"
      }
      return "for example `-\(number) LUFS`"
    },
    schema: {
      $0.pattern(
        #"^-(([5-9]|[1-6][0-9])(\.[0-9]{1,2})?|0[5-9](\.[0-9]{1,2})?|70(\.00?)?) ?LUFS$"#,
        examples: ["-16 LUFS", "-23 LUFS"])
    })
}
