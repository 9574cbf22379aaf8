import KeyreelCore

/// The keys of captions and titles.
enum CaptionKeys {
  private static let look: [KeyRule] = [
    KeyRule(
      "font", .oneOrMore(ScalarForm.font.erased, noun: "font"),
      "Fonts, tried in this order for each character; default: DejaVu Sans."),
    KeyRule("size", .one(.textSize), "Height of a line, as a part of the picture's shorter side."),
    KeyRule("position", .one(.textPosition), "top, middle or bottom."),
    KeyRule("look", .one(.textGround), "outline or box: what keeps words legible."),
  ]

  private static let fades: [KeyRule] = [
    KeyRule("fade_in", .one(.time), "How long the words appear."),
    KeyRule("fade_out", .one(.time), "How long the words vanish."),
  ]

  private static func cue(at: String, duration: String, isTimed: Bool = false) -> [KeyRule] {
    let times = [KeyRule("at", .one(.time), at), KeyRule("duration", .one(.time), duration)]
    return [KeyRule("text", .one(.words), "The words; lines end with line feeds.").required]
      + (isTimed ? times.map(\.required) : times)
  }

  /// What is said while a sequence is seen, or from a keyframe on.
  private static let caption = KeyTable(
    "caption", "in `caption`", "A caption of a sequence or a keyframe.",
    cue(
      at: "When it comes, counted from here; default: at once.",
      duration: "How long it is seen; default: to the end of the sequence, or the next keyframe."))

  /// The key of captions at sequences and keyframes.
  static let captionRule = KeyRule(
    "caption", .short(ScalarForm.words.erased, caption),
    "A caption: its words, or a mapping. It joins the first row of film.captions.")

  /// The key of titles at sequences.
  static let titleRule = KeyRule(
    "title",
    .short(
      ScalarForm.words.erased,
      KeyTable(
        "title", "in `title`", "Words over the beginning of a sequence.",
        cue(
          at: "When they come, counted from the sequence's beginning; default: at once.",
          duration: "How long they are seen; default: 3s, or all of a single keyframe.")
          + look + fades)),
    "Words that are drawn over the sequence: a text or a mapping.")

  /// The key of a film's captions.
  static let captionsRule = KeyRule(
    "captions",
    .list(.short(ScalarForm.path.erased, row), noun: "row", count: 1...20),
    "Captions, a row for each language: a SubRip file (.srt) or a mapping.")

  private static let row = KeyTable(
    "captions", "in a row of `film.captions`", "Captions of one language.",
    [
      KeyRule("file", .one(.path), "A SubRip file (.srt), relative to this one."),
      KeyRule(
        "cues",
        .list(
          .table(
            KeyTable(
              "cue", "in a caption of `cues`", "A caption by film time.",
              cue(at: "When it comes.", duration: "How long it is seen.", isTimed: true))),
          noun: "caption", count: 1...100_000), "Captions by film time."),
      KeyRule("language", .one(.language), "ISO 639 code of the words, such as en or eng."),
      KeyRule(
        "as", .oneOrMore(ScalarForm.captionForm.erased, noun: "form"),
        "burnt, track, sidecar, or several; default: track."),
    ] + look)

  /// The key of a film's titles.
  static let titlesRule = KeyRule(
    "titles",
    .list(
      .table(
        KeyTable(
          "film_title", "in a title", "Words over the film.",
          cue(at: "When they come.", duration: "How long they are seen.", isTimed: true)
            + look + fades)), noun: "title", count: 1...10_000),
    "Words that are drawn over the film.")

  /// What an output says about captions.
  static let ofOutput: [KeyRule] = [
    KeyRule(
      "captions", .oneOrMore(ScalarForm.outputCaptions.erased, noun: "form"),
      "none, burnt or track; default: as film.captions says."),
    KeyRule(
      "language", .one(.language),
      "Which row of captions is burnt in, or written; default: the first one."),
  ]
}

/// What an output may do with captions.
enum OutputCaptions: String, CaseIterable, Sendable {
  case none, burnt, track

  /// The form that it is; `nil` for `none`.
  var form: CaptionForm? { CaptionForm(rawValue: rawValue) }
}

extension ScalarForm where Value == CaptionForm {
  static let captionForm = option("caption_form")
}
extension ScalarForm where Value == OutputCaptions {
  static let outputCaptions = option("output_captions")
}
extension ScalarForm where Value == TextPosition { static let textPosition = option("position") }
extension ScalarForm where Value == TextGround { static let textGround = option("look") }

extension ScalarForm where Value == String {
  /// Text of which something is seen.
  static let words = ScalarForm(
    "words", wants: "words to be read", code: .emptyText,
    read: { scalar in
      guard scalar.resolved != .null else { return nil }
      return Words.areSeen(scalar.text) ? scalar.text : nil
    },
    schema: {
      $0.typed(["number", "boolean"])
      $0.pattern(Words.pattern)
    })

  /// The name of a font, or the path of its file.
  static let font = ScalarForm(
    "font", wants: "a font's name such as `DejaVu Sans`, or the path of its file", code: .badPath,
    read: { path.read($0) }, schema: path.schema)

  /// ISO 639 code of a language.
  static let language = ScalarForm(
    "language", wants: "a language such as `en` or `eng`", code: .notALanguage,
    read: { scalar in
      // `no` is Norwegian here, whatever YAML 1.1 thinks of it.
      guard scalar.resolved != .null, LanguageCode.isCode(scalar.word) else { return nil }
      return scalar.word
    },
    advice: { scalar in
      let start = scalar.text.lowercased().prefix { $0.isASCII && $0.isLetter }
      return LanguageCode.isCode(String(start)) ? "did you mean `\(start)`?" : "see ISO 639"
    },
    schema: { $0.pattern(LanguageCode.pattern, examples: ["en", "deu"]) })
}

/// Which texts have something to be read.
enum Words {
  /// A character that is neither a space nor a control character.
  static let pattern = #"[^\x00-\x20\x7f\u00a0]"#

  static func areSeen(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.value > 0x20 && $0.value != 0x7F && $0.value != 0xA0 }
  }
}

extension ScalarForm where Value == Int {
  /// A part of the picture's shorter side, in thousandths.
  static let textSize = ScalarForm(
    "text_size", wants: "a size such as `6.5%`", code: .notAPercentage,
    read: { scalar in
      guard let word = scalar.textualWord, word.hasSuffix("%"),
        let value = Decimals.read(word.dropLast(), whole: 1...2, fraction: 1...1)
      else { return nil }
      let thousandths = Int(value.nanos / 100_000_000)
      return (10...500).contains(thousandths) ? thousandths : nil
    },
    advice: { scalar in
      let number = scalar.text.filter { $0.isNumber || $0 == "." }
      guard let value = Double(number), (1...50).contains(value) else {
        return "from 1% to 50% of the picture's shorter side"
      }
      return "did you mean `\(number)%`?"
    },
    schema: {
      $0.pattern(
        #"^(0?[1-9](\.[0-9])?|[1-4][0-9](\.[0-9])?|50(\.0)?)%$"#, examples: ["6.5%", "12%"])
    })
}
