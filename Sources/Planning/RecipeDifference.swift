import KeyreelCore

/// What has changed from one recipe of a segment to the next, in words for people.
struct RecipeDifference {
  let phrases: [String]

  init(from old: Recipe, to new: Recipe, segment: Segment) {
    var phrases: [String] = []
    if old.backend != new.backend { phrases.append("backend \(old.backend) → \(new.backend)") }
    if old.model != new.model {
      phrases.append("model \(old.model) → \(new.model)")
    } else {
      phrases += Self.changes(from: old.request, to: new.request)
    }
    phrases += Self.changes(
      from: old.first, to: new.first, called: "first keyframe \(segment.first.name)",
      startsFrom: segment.startsFrom)
    phrases += Self.changes(
      from: old.last, to: new.last, called: "last keyframe \(segment.last.name)", startsFrom: nil)
    if old.first.canvas != new.first.canvas {
      phrases.append("size \(old.first.canvas) → \(new.first.canvas)")
    }
    // The number of frames stands in the request under the model's own name; told once is enough.
    if old.frames != new.frames, old.model != new.model {
      phrases.append("frames \(old.frames) → \(new.frames)")
    }
    if old.frameRate != new.frameRate {
      phrases.append("frame rate \(old.frameRate) → \(new.frameRate)")
    }
    self.phrases = phrases
  }

  private static func changes(from old: ModelRequest, to new: ModelRequest) -> [String] {
    let names = new.fields.map(\.name) + old.fields.map(\.name).filter { new[$0] == nil }
    return names.compactMap { name in
      switch (old[name], new[name]) {
      case (let before?, let after?) where before == after: nil
      // Texts are long; everything else is short enough to be shown.
      case (.string(let before)?, .string(let after)?) where max(before.count, after.count) > 12:
        "\(name) changed"
      case (let before?, let after?):
        name == "prompt" || name == "negative_prompt"
          ? "\(name) changed" : "\(name) \(before) → \(after)"
      case (nil, .some): "\(name) added"
      case (.some, nil): "\(name) removed"
      case (nil, nil): nil
      }
    }
  }

  private static func changes(
    from old: PictureRecipe, to new: PictureRecipe, called name: String, startsFrom: String?
  ) -> [String] {
    var phrases: [String] = []
    if old.origin != new.origin {
      switch (new.origin, startsFrom) {
      case (.rendered, let before?): phrases.append("starts from \(before), which changes")
      default: phrases.append("\(name) changed")
      }
    }
    if old.fit != new.fit { phrases.append("fit of \(name) \(old.fit) → \(new.fit)") }
    if old.focus != new.focus { phrases.append("focus of \(name) changed") }
    return phrases
  }
}
