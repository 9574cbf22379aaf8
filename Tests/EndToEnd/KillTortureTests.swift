import Foundation
import KeyreelTesting
import Testing

@Suite("A paid run that is killed", .serialized)
struct KillTortureTests {
  /// How often, and at which instants.
  private struct Campaign {
    let wanted = isTorture ? 500 : 20
    var random: SplitMix
    /// The instants at which no run was killed yet.
    var left: [String]
    var kills: [String: Int] = [:]

    init(seed: UInt64) {
      random = SplitMix(seed: seed)
      left = KillSwitch.instants.shuffled(using: &random)
    }

    var count: Int { kills.values.reduce(0, +) }
    var isOver: Bool { count >= wanted && left.isEmpty }

    /// Lets one run of `film` be killed, if it gets that far.
    mutating func strike(_ film: KilledFilm) async throws {
      let isNew = !left.isEmpty
      let instant = left.first ?? Self.any.randomElement(using: &random) ?? "any"
      let isHit =
        switch instant {
        case "whenever":
          try await film.isKilled(after: .milliseconds(Int.random(in: 0...1500, using: &random)))
        case "any":
          try await film.isKilled(at: instant, count: Int.random(in: 1...400, using: &random))
        default:
          try await film.isKilled(
            at: instant, count: isNew ? 1 : Int.random(in: 1...3, using: &random))
        }
      if isNew { left.removeFirst() }
      if isHit { kills[instant, default: 0] += 1 } else if isNew { left.append(instant) }
      // Sometimes the next run meets what nobody knows yet.
      if Bool.random(using: &random) { try await film.reconcile() }
    }

    /// Beside the named instants: at any call, and by the clock.
    private static let any =
      KillSwitch.instants + [String](repeating: "any", count: 10)
      + [String](repeating: "whenever", count: 10)
  }

  @Test("Killed at every instant, clips are bought once, none is lost, and the film is the same")
  func killed() async throws {
    let faults = "seed: 5\nfaults: [{at: work, delay: {uniform: [1ms, 150ms]}}]\n"
    let arguments = ["--backend", "animatic", "--concurrency", "4"]
    let servers = [
      try await RehearsalServer(faults: faults, arguments: arguments + ["--dev-tls"]),
      try await RehearsalServer(faults: faults, arguments: arguments),
    ]
    let seed = isTorture ? UInt64.random(in: 0 ... .max) : 20
    var campaign = Campaign(seed: seed)
    var films = 0
    while !campaign.isOver {
      films += 1
      // Most are small, so that kills cost little; with all of a large one in flight, one kill hits many.
      let isLarge = isTorture && films % 30 == 20
      let film = try KilledFilm(
        servers[films % 2], prompt: "mist \(films)", segments: isLarge ? 62 : 10,
        concurrency: isLarge ? 64 : [1, 2, 4].randomElement(using: &campaign.random) ?? 4)
      for _ in 0..<40 where !campaign.isOver {
        // A run that has nothing to do any more is not worth a kill.
        if film.isMade, !campaign.left.contains(where: { $0.hasPrefix("film") }) { break }
        try await campaign.strike(film)
      }
      try await film.finish()
      try await film.check("seed \(seed), film \(films)")
      if isTorture { print("\(campaign.count) kills in \(films) films") }
    }
    print("killed \(campaign.count) times in \(films) films, seed \(seed)")
    print(campaign.kills.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
  }
}
