internal import ArgumentParser

/// How plans, and what changes between them, are printed.
enum ReviewFormat: String, ExpressibleByArgument, CaseIterable {
  /// For people at a terminal.
  case table
  /// For programs; `schemas/plan.schema.json` and `schemas/diff.schema.json`.
  case json
  /// For pages and job summaries.
  case markdown
  /// For one comment on a pull request that is found again and updated.
  case github
}
