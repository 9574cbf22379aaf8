/// The keys of scopes that hold settings of segments.
enum SettingKeys {
  /// Settings that every scope may have; all other single values are parameters of the model.
  static let common: [KeyRule] = [
    KeyRule("model", .one(.word), "Id of a model profile; default: fal-ai/framepack/flf2v."),
    KeyRule("prompt", .one(.text), "What happens on the way; inner scopes replace outer ones."),
    KeyRule(
      "style", .one(.text),
      "Added to every prompt; styles of all scopes are added, outermost last. \"\" clears."),
    KeyRule("negative_prompt", .one(.text), "What must not be seen."),
    KeyRule(
      "duration", .one(.time),
      "Time from keyframe to keyframe (8s, 1.5s, or frames as a bare number)."),
    KeyRule("frames", .one(.frames), "The number of frames sent to the model."),
    KeyRule("num_frames", .one(.frames), "The same as frames, by the model's own name."),
    KeyRule("fit", .one(.fit), "How a still of another shape fills the canvas."),
    KeyRule("focus", focus, "The point that a crop keeps, as shares of width and height."),
    KeyRule("takes", .one(.take), "How many candidates are made, each with its own seed."),
    KeyRule("pick", .one(.take), "Which take is in the film; default: 1."),
    KeyRule("seed", .one(.scalar), "Seed of the first take; default: made from the keyframes."),
    KeyRule("resolution", .one(.text), "A resolution of the model, such as 480p."),
    KeyRule("aspect_ratio", .one(.text), "A shape of the model, such as 16:9."),
    KeyRule("cfg_scale", .one(.scalar), "The model's cfg_scale."),
    KeyRule("guidance_scale", .one(.scalar), "The model's guidance_scale."),
    KeyRule("strength", .one(.scalar), "Influence of the last keyframe, by the model."),
    KeyRule("enable_safety_checker", .one(.scalar), "The model's safety checker."),
  ]

  /// Settings that a single text value is right for, whatever it looks like.
  static let texts: Set<String> = ["prompt", "negative_prompt", "resolution", "aspect_ratio"]

  /// Keys that are fields of `Settings`; all others are parameters.
  static let fields: Set<String> = [
    "model", "style", "duration", "frames", "num_frames", "fit", "focus", "takes", "pick", "id",
  ]

  /// No two of these may stand in one scope.
  static let lengths = ["duration", "frames", "num_frames"]

  /// A point of a picture.
  static let focus = Shape.list(.one(.share), noun: "number", count: 2...2)

  /// The scope `id` with `more` keys of its own before the common ones.
  static func scope(
    _ id: String, _ place: String, _ help: String, _ more: [KeyRule] = []
  ) -> KeyTable {
    var table = KeyTable(id, place, help, more + common)
    table.extras = .parameters
    table.lengths = lengths
    return table
  }

  /// The `id` of a segment, refused in scopes that hold more than one segment.
  static let misplacedID = KeyTable.Misplaced(
    key: "id", message: "`id` names one segment", suggestion: "write it in the `next` of a keyframe"
  )

  /// Settings of all segments.
  static let defaults: KeyTable = {
    var table = scope("settings", "in `defaults`", "Settings of all segments.")
    table.misplaced = [misplacedID]
    return table
  }()

  /// The way to the following keyframe.
  static let next: KeyTable = {
    var table = scope(
      "next", "in `next`", "What happens on the way to the following keyframe.",
      [KeyRule("id", .one(.name), "The segment's own id; default: made from the names.")])
    table.misplaced = ["hold", "at", "keyframe", "image"].map {
      KeyTable.Misplaced(
        key: $0, message: "`\($0)` belongs to a keyframe, not to the way to the next one",
        suggestion: "write it beside `next`")
    }
    return table
  }()

  /// Lists of settings, one film for each item.
  static let variants: KeyTable = {
    let keys = common.map { rule in
      KeyRule(
        rule.name, .list(rule.shape, noun: "value", count: 1...1000), rule.help)
    }
    var table = KeyTable(
      "variant_settings", "in `variants.settings`",
      "Settings with the values to try; each replaces that of `defaults`.", keys)
    table.extras = .parameterLists
    table.lengths = lengths
    table.misplaced = [misplacedID]
    return table
  }()
}
