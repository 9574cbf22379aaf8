internal import FalBackend
internal import KeyreelCore
internal import Reporting
internal import Storage
internal import SystemPackage

extension PipelineWork {
  /// The maker of clips: on this machine, or the account's.
  func maker() throws -> any GenerationBackend {
    if let local = backend.local { return local }
    return try paidMaker()
  }

  /// The account's maker of clips; `account` is there where clips are to be made.
  func paidMaker() throws -> FalBackend {
    guard let account else { preconditionFailure("who makes clips asked for an account") }
    let run = String(UInt64.random(in: 0 ... .max), radix: 36)
    let settings = try account.settings(tags: [
      ("project", project.root.lastComponent?.string ?? "project"), ("pipeline", project.pipeline),
      ("run", run),
    ])
    return FalBackend(settings, profiles: profiles, uploads: store.uploads)
  }

  /// Whether all films of `plan` are where a run would put them.
  func hasFilms(of plan: Plan) throws -> Bool {
    let production = FilmProduction(
      project: project, store: store, pictures: library, reporter: ReporterGroup([]))
    return try plan.films.allSatisfy { try production.published($0, of: plan) != nil }
  }

  /// Throws for names among `segments` that no segment of `plan` has.
  func checkSegments(_ segments: [String], of plan: Plan) throws {
    let known = plan.films.flatMap { $0.segments.map(\.id) }
    for name in segments where !known.contains(name) {
      throw CommandFailure.unknown("segment", name, among: known)
    }
  }
}

/// Money as messages have it: `$0.2664`, `0.25 EUR`.
struct Amount: CustomStringConvertible {
  let description: String

  init(_ amount: Money, _ currency: String) {
    description = currency == "USD" ? "$\(amount.decimal)" : "\(amount.decimal) \(currency)"
  }
}
