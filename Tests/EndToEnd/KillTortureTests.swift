import Foundation
import KeyreelTesting
import Testing

@Suite("A paid run that is killed", .serialized)
struct KillTortureTests {
  @Test("Killed at every instant, clips are bought once, none is lost, and the film is the same")
  func killed() async throws {
    let server = try await RehearsalServer(
      faults: "seed: 5\nfaults: [{at: work, delay: {uniform: [1ms, 150ms]}}]\n",
      arguments: ["--backend", "animatic", "--concurrency", "4"] + (isTorture ? ["--dev-tls"] : []))
    let seed = isTorture ? UInt64.random(in: 0 ... .max) : 20
    var random = SplitMix(seed: seed)
    let wanted = isTorture ? 500 : 20
    var left = KillSwitch.instants.shuffled(using: &random)
    var kills: [String: Int] = [:]
    var films = 0
    while kills.values.reduce(0, +) < wanted || !left.isEmpty {
      films += 1
      let story = "seed \(seed), film \(films)"
      let film = try KilledFilm(
        server, prompt: "mist \(films)", segments: isTorture ? 62 : 10,
        concurrency: isTorture ? [1, 4, 64].randomElement(using: &random) ?? 64 : 4)
      for _ in 0..<20 where kills.values.reduce(0, +) < wanted || !left.isEmpty {
        if film.isMade, left.allSatisfy({ !$0.hasPrefix("film") }) { break }
        let instant =
          left.first ?? (KillSwitch.instants + ["any", "any", "random", "random"]).randomElement(
            using: &random) ?? "any"
        let isHit =
          switch instant {
          case "random":
            try await film.isKilled(after: .milliseconds(Int.random(in: 0...1500, using: &random)))
          case "any":
            try await film.isKilled(at: instant, count: Int.random(in: 1...400, using: &random))
          default:
            try await film.isKilled(
              at: instant, count: left.isEmpty ? Int.random(in: 1...5, using: &random) : 1)
          }
        if isHit {
          kills[instant, default: 0] += 1
          left.removeAll { $0 == instant }
        } else if let first = left.first {
          // Not reached here any more, or not yet; the next film begins anew.
          left.removeFirst()
          left.append(first)
        }
        if Bool.random(using: &random) { try await film.reconcile() }
      }
      try await film.finish()
      try await film.check(story)
    }
    print(
      "killed \(kills.values.reduce(0, +)) times in \(films) films (seed \(seed)): \(kills.sorted { $0.key < $1.key })"
    )
  }
}
