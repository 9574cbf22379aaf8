/// The keys of a pipeline file and of what stands directly in it.
enum PipelineKeys {
  private static let audio: KeyTable = {
    var table = KeyTable(
      "audio", "in `film.audio`", "What is heard under the film.",
      SoundKeys.file(isRequired: false) + [
        KeyRule("loudness", .one(.loudness), "How loud the whole film is, such as -16 LUFS."),
        KeyRule("own_sound", .one(.ownSound), "Whether existing clips are heard; default: drop."),
      ])
    table.pairs = SoundKeys.ofFile.map {
      KeyTable.Pair(
        key: $0, needs: "file", message: "`\($0)` is about music, and no `file` is named",
        code: .missingKey, suggestion: "add `file: …`")
    }
    return table
  }()

  private static let joins = KeyTable(
    "joins", "in `film.joins`", "What is done about visible joins.",
    [
      KeyRule(
        "mend", .oneOrMore(ScalarForm.mending.erased, noun: "remedy"),
        "off, auto, or remedies: drop, trim, color, blend; default: off.")
    ])

  private static let output = KeyTable(
    "output", "in an output", "One file to write.",
    [
      KeyRule("file", .one(.path), "The file, relative to the project's root.").required,
      KeyRule(
        "kind", .one(.outputKind),
        "film, frames, preview, poster, sheet or captions; default: by the ending."),
      KeyRule("codec", .one(.codec), "The codec of a film; default: by the ending."),
      KeyRule("crf", .one(.crf), "Constant rate factor of what is encoded."),
      KeyRule("at", .one(.time), "Which frame a poster shows; default: the middle one."),
      KeyRule("width", .one(.width), "Width of a preview; default: 480."),
    ] + CaptionKeys.ofOutput)

  private static let film = KeyTable(
    "film", "in `film`", "What the film is to be.",
    [
      KeyRule("size", .one(.size), "Picture size; default: the model's canvas."),
      KeyRule("rate", .one(.rate), "Frames per second; default: the model's."),
      KeyRule(
        "conform", .one(.conform), "What happens when delivered frames differ from planned ones."),
      KeyRule("joins", .table(joins), "What is done about visible joins."),
      KeyRule("fade_in", .one(.time), "Fade from black at the beginning."),
      KeyRule("fade_out", .one(.time), "Fade to black at the end."),
      KeyRule("audio", .table(audio), "Music under the film."),
      CaptionKeys.captionsRule, CaptionKeys.titlesRule,
      KeyRule("metadata", .one(.metadata), "What the film itself carries."),
      KeyRule(
        "outputs", .list(.table(output), noun: "output", count: 1...20),
        "The files to write; default: one, films/<name>.mp4."),
    ])

  private static let budget = KeyTable(
    "budget", "in `budget`", "Ceilings on money.",
    [
      KeyRule("run", .one(.price), "Hard ceiling of one run."),
      KeyRule("month", .one(.price), "Ceiling of a calendar month, against the store's ledger."),
    ])

  private static let backend = KeyTable(
    "backend", "in a row of `backends`", "A maker of clips.",
    [
      KeyRule("kind", .one(.backendKind), "animatic or fal.").required,
      KeyRule("origin", .one(.origin), "Scheme, host and port of a fal server."),
      KeyRule("quirks", .one(.flag), "Whether an animatic imitates what paid clips really do."),
      KeyRule("upload", .one(.upload), "How stills get to a fal server; default: auto."),
      KeyRule("priority", .one(.priority), "The order in a fal server's queue; default: normal."),
      KeyRule("start_timeout", .one(.wait), "How long a request may wait for its start."),
      KeyRule("patience", .one(.wait), "How long a run waits for a request's end; default: 6h."),
      KeyRule("keep_results", .one(.wait), "How long a fal server is asked to keep what it made."),
      KeyRule(
        "store_io", .one(.flag),
        "Whether a fal server keeps inputs and outputs, by which lost requests are found."),
      KeyRule("in_flight", .one(.inFlight), "Requests in flight at most; default: 64."),
    ])

  private static let variants = KeyTable(
    "variants", "in `variants`", "One film per combination of these values.",
    [
      KeyRule(
        "vars",
        .named(
          .list(.one(.scalar), noun: "value", count: 1...1000),
          NamedRule(noun: "variable", key: ScalarForm.variableName.erased)),
        "Variables with the values to try."),
      KeyRule("settings", .table(SettingKeys.variants), "Settings with the values to try."),
    ])

  private static let variables = Shape.named(
    .one(.scalar), NamedRule(noun: "variable", key: ScalarForm.variableName.erased))

  private static let keyframes = Shape.named(
    .short(ScalarForm.path.erased, SequenceKeys.picture),
    NamedRule(noun: "keyframe", key: ScalarForm.name.erased))

  private static let backends = Shape.named(
    .table(backend), NamedRule(noun: "backend", key: ScalarForm.name.erased))

  private static let sequences = Shape.list(
    .switched(on: "clip", SequenceKeys.clip, otherwise: SequenceKeys.keyframes), noun: "sequence",
    count: 1...100_000)

  /// A whole file.
  static let pipeline: KeyTable = {
    var table = KeyTable(
      "pipeline", "in the pipeline", "A Keyreel pipeline: a film as text.",
      [
        KeyRule("keyreel", .one(.version), "Version of the language: 1.").required,
        KeyRule("name", .one(.name), "Name of the film; default: the file's name."),
        KeyRule(
          "backend", .one(.word), "The maker of clips: animatic, fal, or a name from backends."),
        KeyRule("budget", .table(budget), "Ceilings on money."),
        KeyRule("vars", variables, "Values to use as $(name)."),
        KeyRule("prompt", .one(.text), "Short for the prompt of defaults."),
        KeyRule("defaults", .table(SettingKeys.defaults), "Settings of all segments."),
        KeyRule("keyframes", keyframes, "Named stills, usable many times."),
        KeyRule("sequences", sequences, "The sequences, in film order.").required,
        KeyRule("film", .table(film), "What the film is to be."),
        KeyRule("backends", backends, "Other makers of clips, by name."),
        KeyRule("variants", .table(variants), "One film per combination of these values."),
      ])
    table.misplaced =
      ["model", "style", "negative_prompt", "duration", "frames", "num_frames", "seed", "fit"].map {
        misplaced($0, "is a setting of segments", "write it under `defaults:`")
      }
      + [
        "size", "rate", "audio", "outputs", "conform", "metadata", "fade_in", "fade_out",
        "captions", "titles",
      ].map {
        misplaced($0, "is about the film", "write it under `film:`")
      }
    return table
  }()

  private static func misplaced(_ key: String, _ message: String, _ suggestion: String)
    -> KeyTable.Misplaced
  { KeyTable.Misplaced(key: key, message: "`\(key)` \(message)", suggestion: suggestion) }
}
