internal import ArgumentParser
internal import Execution
internal import KeyreelCore

/// Which part of a plan's work a run does.
enum RunPart: Sendable {
  /// All clips, and the films.
  case whole
  /// The clips of one shard, and no film.
  case shard(Shard)
  /// The films, of clips that are there.
  case films

  /// The part of `plan` whose clips this run makes.
  func made(of plan: Plan) -> Plan {
    switch self {
    case .whole: plan
    case .shard(let shard): plan.restricted(to: plan.keys(of: shard))
    case .films: plan.restricted(to: [])
    }
  }

  /// The part of `plan` whose clips this run has to know of.
  func asked(of plan: Plan) -> Plan { isShard ? made(of: plan) : plan }

  /// Whether others make the rest.
  var isShard: Bool {
    if case .shard = self { true } else { false }
  }

  /// Whether clips may have to be made.
  var makesClips: Bool {
    if case .films = self { false } else { true }
  }

  /// Whether films are joined.
  var makesFilms: Bool { !isShard }
}

/// The flags that divide a run among several machines.
struct PartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Make the clips of this part alone, such as 2/5, and no film; every part uses the same store.",
      valueName: "i/n"))
  var shard: String?

  @Flag(help: "Make no clip: join those that are in the store.")
  var stitchOnly = false

  func validate() throws {
    if shard != nil, stitchOnly {
      throw ValidationError("--shard makes no film and --stitch-only no clip: give one of them.")
    }
    if let shard, Shard(shard) == nil {
      throw ValidationError(
        "--shard takes a part such as 2/5, of at most \(Shard.mostShards) parts.")
    }
  }

  /// What the flags say.
  var part: RunPart {
    if stitchOnly { return .films }
    return shard.flatMap { Shard($0) }.map { .shard($0) } ?? .whole
  }
}
