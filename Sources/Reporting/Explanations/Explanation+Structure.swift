extension Explanation {
  /// Codes of the page's part “The structure”.
  static let structure: [Explanation] = [
    .init(
      "KR0020", "There is no such key here.",
      "Use the key that is suggested, or one of those listed."),
    .init(
      "KR0021", "A list, a mapping or a single value stands where another kind is wanted.",
      "Write what the message asks for."),
    .init(
      "KR0022", "A key or item has no value.",
      "Give it one, or delete it to get the default."),
    .init(
      "KR0023", "A comma in `{…}` splits a text in two.",
      "Put the text in quotes."),
    .init(
      "KR0024", "A key is missing.",
      "Add it."),
    .init(
      "KR0025", "The version of the language is missing.",
      "Begin the file with `keyreel: 1`."),
    .init(
      "KR0026", "The version of the language is unknown.",
      "Upgrade Keyreel, or write `keyreel: 1`."),
    .init(
      "KR0027", "A value is no time.",
      "`8s`, `1.5s`, `250ms`, or a whole number of frames."),
    .init(
      "KR0028", "A value is no whole number, or out of its range.",
      "Write one of the range, without quotes."),
    .init(
      "KR0029", "A value is no number, or out of its range.",
      "Shares are numbers from 0 to 1."),
    .init(
      "KR0030", "A value is neither `true` nor `false`.",
      "Write one of them, without quotes."),
    .init(
      "KR0031", "A value is not one of the options.",
      "Use one of those named."),
    .init(
      "KR0032", "A value is no size with even sides.",
      "`832x480`"),
    .init(
      "KR0033", "A value is no frame rate.",
      "`30` or `24000/1001`"),
    .init(
      "KR0034", "A value is no gain.",
      "`-3dB`"),
    .init(
      "KR0035", "A value is no amount of money with its currency.",
      "`5.00 USD`"),
    .init(
      "KR0036", "A list has too few or too many items.",
      "Add or remove some."),
    .init(
      "KR0037", "A keyframe names two pictures at once.",
      "Keep one of them."),
    .init(
      "KR0038", "Two lengths are given at once.",
      "Keep one of `duration`, `frames` and `num_frames`."),
    .init(
      "KR0039", "A key belongs elsewhere.",
      "Move it to where the message says."),
    .init(
      "KR0040", "A name has characters that names cannot have.",
      "Use letters, digits, `-` and `_`."),
    .init(
      "KR0041", "A value is no path of a file.",
      "Stills on the web are written `url: …` with their `sha256: …`."),
    .init(
      "KR0042", "A value is no https address, or no origin.",
      "No user, no password; an origin has scheme, host and port alone."),
    .init(
      "KR0043", "A value is no SHA-256 digest.",
      "64 hexadecimal digits; `keyreel fetch --pin` writes them."),
    .init(
      "KR0044", "A still on the web is not pinned by its digest.",
      "Run `keyreel fetch --pin`."),
    .init(
      "KR0045", "A text is empty.",
      "Write one, or delete the key."),
    .init(
      "KR0046", "This is no loudness.",
      "Write `-16 LUFS`; from -70 to -5."),
    .init(
      "KR0047", "A size is no part of the picture.",
      "Write `6.5%`; from 1% to 50% of the shorter side."),
    .init(
      "KR0048", "A value is no language.",
      "Write an ISO 639 code: `en`, `deu`."),
  ]
}
