internal import KeyreelCore

/// What a film file says about itself.
enum FilmMetadata {
  /// The mark that every film of animatic clips carries.
  static let animaticMark = "animatic preview, not generated video"

  /// Tags for the film's container; `full` adds prompts, seeds and prices.
  static func tags(
    of film: FilmPlan, plan: Plan, mode: MetadataMode
  ) -> [(key: String, value: String)] {
    let mark = plan.backend.kind == "animatic" ? "; \(animaticMark)" : ""
    let made = "made with Keyreel \(Version.number) by \(plan.backend)\(mark)"
    guard mode == .full else {
      return [("comment", made), ("description", "assembly \(film.assembly.key.hex)")]
    }
    let segments = film.segments.map { segment in
      let prompt = segment.request["prompt"]?.description ?? ""
      return "\(segment.id): \(segment.model) seed \(segment.chosen.seed) "
        + "\(plan.currency) \(segment.chosen.price.expected): \(prompt)"
    }
    return [
      ("comment", made), ("description", "assembly \(film.assembly.key.hex)"),
      ("synopsis", segments.joined(separator: "\n")),
    ]
  }
}

/// The program's version.
enum Version {
  /// Semantic version of this build.
  static let number = "0.1.0"
}
