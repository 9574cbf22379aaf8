internal import FalProtocol
internal import KeyreelCore
internal import Logging
internal import Synchronization

/// Decides by a script which calls and jobs are hit, and notes each in the log.
final class FaultPlayer: Sendable {
  /// A fault that hits a call.
  struct Hit: Sendable {
    let action: FaultAction
    /// From 0 up to 1; decides where in a distribution this hit is.
    let draw: Double
  }

  /// How often a fault was looked at and played.
  private struct Tally {
    var seen = 0
    var played = 0
  }

  private let script: FaultScript
  private let logger: Logger
  private let tallies: Mutex<[Tally]>

  init(_ script: FaultScript, logger: Logger) {
    self.script = script
    self.logger = logger
    tallies = Mutex(Array(repeating: Tally(), count: script.faults.count))
  }

  /// A player of `script` that says in the log what is going to go wrong; none without a script.
  static func announced(_ script: FaultScript?, _ logger: Logger) -> FaultPlayer? {
    guard let script else { return nil }
    logger.warning(
      "REHEARSAL: this server makes mistakes on purpose",
      metadata: ["faults": "\(script.faults.count)", "seed": "\(script.seed)"])
    for fault in script.faults {
      logger.warning("fault", metadata: ["name": "\(fault.name)", "at": "\(fault.place.rawValue)"])
    }
    return FaultPlayer(script, logger: logger)
  }

  /// Whether the script has to know how many jobs are in flight when a call comes to `place`.
  func asksForJobs(at place: Fault.Place) -> Bool {
    script.faults.contains { $0.place == place && $0.choice.inFlight != nil }
  }

  /// The faults that hit one call at `place`, in the order of the script; `endpoint` as the call names it.
  func hits(
    _ place: Fault.Place, endpoint: EndpointID?, request: String?, inFlight: Int = 0
  ) -> [Hit] {
    let hits = tallies.withLock { tallies in
      script.faults.indices.compactMap { index -> (Fault, Int, Hit)? in
        let fault = script.faults[index]
        guard fault.place == place, Self.means(fault.endpoint, endpoint) else { return nil }
        tallies[index].seen += 1
        let number = tallies[index].seen
        let draws = draws(index, number)
        guard
          inFlight >= fault.choice.inFlight ?? 0,
          fault.choice.hits(number, played: tallies[index].played, draw: draws.chance)
        else { return nil }
        tallies[index].played += 1
        return (fault, number, Hit(action: fault.action, draw: draws.amount))
      }
    }
    for (fault, number, _) in hits {
      logger.warning(
        "fault played",
        metadata: [
          "name": "\(fault.name)", "at": "\(place.rawValue)", "call": "\(number)",
          "request": "\(request ?? "-")",
        ])
    }
    return hits.map(\.2)
  }

  /// Each fault and call has draws of its own, so that no other fault or call changes them.
  private func draws(_ index: Int, _ number: Int) -> (chance: Double, amount: Double) {
    let digest = Digest.of(Array("\(script.seed)/\(index)/\(number)".utf8)).bytes
    func draw(_ bytes: ArraySlice<UInt8>) -> Double {
      Double(bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 11) / Double(UInt64(1) << 53)
    }
    return (draw(digest[0..<8]), draw(digest[8..<16]))
  }

  private static func means(_ wanted: String?, _ named: EndpointID?) -> Bool {
    guard let wanted else { return true }
    guard let named else { return false }
    return EndpointID(wanted)?.isNamed(by: named) ?? false
  }
}

extension FaultChoice {
  /// Whether the call `number`, counted from 1, is hit, when `played` were before.
  func hits(_ number: Int, played: Int, draw: Double) -> Bool {
    if let count, played >= count { return false }
    if !nth.isEmpty, !nth.contains(number) { return false }
    if let every, !number.isMultiple(of: every) { return false }
    if let probability, draw >= probability { return false }
    return true
  }
}
