/// The keys of keyframes and sequences.
enum SequenceKeys {
  private static let fitting: [KeyRule] = [
    KeyRule("fit", .one(.fit), "How this picture fills the canvas."),
    KeyRule("focus", SettingKeys.focus, "The point of this picture that a crop keeps."),
  ]

  private static let addressed: [KeyRule] = [
    KeyRule("url", .one(.address), "Address of a still; https only, never a private network."),
    KeyRule(
      "sha256", .one(.digest),
      "Digest of the still behind url; `keyreel fetch --pin` fills it in."),
  ]

  private static let addressPairs = [
    KeyTable.Pair(
      key: "url", needs: "sha256", message: "a still on the web needs its `sha256`",
      code: .unpinnedAddress, suggestion: "run `keyreel fetch --pin`"),
    KeyTable.Pair(
      key: "sha256", needs: "url", message: "`sha256` goes with `url` alone", code: .missingKey,
      suggestion: "files are digested by Keyreel itself: delete it"),
  ]

  /// A row of the keyframes table.
  static let picture: KeyTable = {
    var table = KeyTable(
      "picture", "in a row of `keyframes`", "A named still.",
      [
        KeyRule("image", .one(.path), "A still, relative to this file."),
        KeyRule("video", .one(.path), "A video, relative to this file; needs at."),
      ] + addressed + [KeyRule("at", .one(.time), "Which frame of the video, by its time.")]
        + fitting)
    table.exactlyOne = ["image", "video", "url"]
    table.pairs =
      addressPairs + [
        KeyTable.Pair(
          key: "video", needs: "at", message: "a frame of a video needs its time",
          code: .missingKey,
          suggestion: "add `at: 0` for its first frame"),
        KeyTable.Pair(
          key: "at", needs: "video", message: "`at` picks a frame of a `video`", code: .missingKey,
          suggestion: "a time in the sequence is written where the keyframe is used"),
      ]
    table.misplaced = ["hold", "next"].map {
      KeyTable.Misplaced(
        key: $0, message: "`\($0)` belongs to one use of a keyframe",
        suggestion: "write it where the sequence names this keyframe")
    }
    return table
  }()

  /// A keyframe of a sequence.
  static let stop: KeyTable = {
    var table = KeyTable(
      "stop", "in a keyframe of a sequence", "A keyframe and the way to the next one.",
      [
        KeyRule("keyframe", .one(.reference), "A name of the keyframes table, or a path."),
        KeyRule("image", .one(.path), "A still, relative to this file."),
      ] + addressed + [
        KeyRule("hold", .one(.time), "How long the film stays on it."),
        KeyRule("at", .one(.time), "Its absolute time in the sequence, instead of durations."),
        KeyRule(
          "next", .short(ScalarForm.text.erased, SettingKeys.next),
          "The way to the following keyframe; a text is just the prompt."),
        CaptionKeys.captionRule,
      ] + fitting)
    table.exactlyOne = ["keyframe", "image", "url"]
    table.pairs = addressPairs
    table.misplaced =
      [
        KeyTable.Misplaced(
          key: "video", message: "a frame of a video is named in the `keyframes` table",
          suggestion: "there, `at` is the frame's time; here it is the time in the sequence")
      ]
      + ["prompt", "duration", "frames", "num_frames", "seed", "takes", "pick", "style", "id"].map {
        KeyTable.Misplaced(
          key: $0, message: "`\($0)` belongs to the way to the next keyframe",
          suggestion: "write it under `next:`")
      }
    return table
  }()

  private static let join = KeyRule(
    "join",
    .table(
      KeyTable(
        "join", "in `join`", "How this sequence follows the one before it; default: a cut.",
        [
          KeyRule("crossfade", .one(.time), "Time in which both sequences are seen.").required,
          KeyRule(
            "handles", .one(.handles),
            "Where the overlapping frames come from; freeze keeps the length."),
        ])), "How this sequence follows the one before it; default: a cut.")

  private static let name = KeyRule(
    "name", .one(.name), "Name of the sequence, the first part of its segments' ids.")

  private static let sound = KeyRule(
    "sound", .short(ScalarForm.path.erased, SoundKeys.sequence),
    "A sound file under this sequence: a path or a mapping.")

  /// A sequence made between keyframes.
  static let keyframes: KeyTable = {
    var table = SettingKeys.scope(
      "keyframe_sequence", "in a sequence", "Clips made between keyframes.",
      [
        name,
        KeyRule(
          "keyframes",
          .list(
            .short(ScalarForm.reference.erased, stop), noun: "keyframe", count: 1...1_000_000),
          "The keyframes in order: names, paths or mappings."
        ).required,
        KeyRule("loop", .one(.flag), "Whether the last keyframe leads back to the first."),
        KeyRule("chain", .one(.chain), "What each segment starts from."),
        join, sound, CaptionKeys.captionRule, CaptionKeys.titleRule,
      ])
    table.misplaced =
      [SettingKeys.misplacedID]
      + ["in", "out"].map {
        KeyTable.Misplaced(
          key: $0, message: "`\($0)` cuts an existing clip", suggestion: "it goes with `clip`")
      }
      + [
        KeyTable.Misplaced(
          key: "own_sound", message: "`own_sound` is about an existing clip",
          suggestion: "it goes with `clip`; a sound file is named with `sound`")
      ]
    return table
  }()

  /// A sequence that is an existing clip.
  static let clip: KeyTable = {
    var table = KeyTable(
      "clip_sequence", "in a sequence with `clip`", "An existing clip, or a part of it.",
      [
        name,
        KeyRule("clip", .one(.path), "The clip, relative to this file.").required,
        KeyRule("in", .one(.time), "Where it begins in the file."),
        KeyRule("out", .one(.time), "Where it ends in the file."),
        KeyRule("fit", .one(.fit), "How it is fitted to the film's size."),
        join, sound, CaptionKeys.captionRule, CaptionKeys.titleRule,
        KeyRule("own_sound", .one(.ownSound), "Whether the clip itself is heard."),
      ])
    let generated = SettingKeys.common.map(\.name).filter { $0 != "fit" } + ["loop", "chain"]
    table.misplaced =
      [
        KeyTable.Misplaced(
          key: "keyframes", message: "a sequence has `keyframes` or a `clip`, never both",
          suggestion: "make two sequences of it")
      ]
      + generated.map {
        KeyTable.Misplaced(
          key: $0, message: "`\($0)` is for clips to be made, not for an existing `clip`",
          suggestion: "delete it")
      }
    return table
  }()
}
