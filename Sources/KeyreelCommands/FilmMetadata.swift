internal import KeyreelCore

/// What a film file says about itself.
enum FilmMetadata {
  /// The mark that every film of animatic clips carries.
  static let animaticMark = "animatic preview, not generated video"

  /// Tags for the film's container; `full` adds prompts, seeds and prices.
  static func tags(
    of film: FilmPlan, plan: Plan, mode: MetadataMode
  ) -> [(key: String, value: String)] {
    let made = "made with Keyreel \(Version.number)" + maker(of: film, plan)
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

  /// Who made the clips; a film of existing clips and stills alone is nobody's preview.
  private static func maker(of film: FilmPlan, _ plan: Plan) -> String {
    guard !film.segments.isEmpty else { return "" }
    let mark = plan.backend.kind == "animatic" ? "; \(animaticMark)" : ""
    return " by \(plan.backend)\(mark)"
  }
}
