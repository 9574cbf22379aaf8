import Dispatch
import KeyreelCore
import Synchronization

/// A user of a shared store while it lives: a register that it changes again and again.
///
/// Whoever finds the register unchanged for long enough fences it off: replaces its value in one
/// conditional write, which the owner's next sign either precedes, so that the fencing fails, or meets, so
/// that the owner knows that it is taken for dead. There is no state in which both believe to have won.
final class StoreOwner: Sendable {
  let name = StoreRecords.nonce()

  private struct State {
    var version: String
    var beat: Int
    /// When the last sign that was taken began to be given.
    var last: ContinuousClock.Instant
    var isLost = false
    var isStopped = false
  }

  private let space: any ObjectSpace
  private let timing: LeaseTiming
  private let state: Mutex<State?>
  private let stopping = DispatchSemaphore(value: 0)

  /// Gives the first sign and begins the thread that gives the others.
  init(_ space: any ObjectSpace, _ timing: LeaseTiming) throws {
    self.space = space
    self.timing = timing
    state = Mutex(nil)
    let now = ContinuousClock.now
    guard let version = try space.swap(Self.place(name), sign(1), expecting: nil) else {
      throw OperationError(
        .busy, "\(space.address): another user has the same name", isRetryable: true)
    }
    state.withLock { $0 = State(version: version, beat: 1, last: now) }
    OwnThread.start { self.live() }
  }

  /// The register of the owner `name`.
  static func place(_ name: String) -> String { "owners/\(name)" }

  /// Whether it was taken for dead; it makes no claim any more.
  var isLost: Bool { state.withLock { $0?.isLost != false } }

  /// Throws unless everybody takes this owner for alive now; gives a sign first where the last is old.
  func prove() throws {
    let isFresh = state.withLock { state in
      guard let state, !state.isLost else { return false }
      return state.last.duration(to: .now) < timing.patience / 2
    }
    if !isFresh { try beat() }
    guard !isLost else {
      throw OperationError(
        .busy,
        "another run took this one for dead, because it was not heard of for \(timing.patience)",
        remedy: "run again; what was bought is kept", isRetryable: true)
    }
  }

  /// Ends the signs; whatever it still holds is free at once.
  func stop() {
    let isFirst = state.withLock { state in
      guard let now = state, !now.isStopped else { return false }
      state?.isStopped = true
      return !now.isLost
    }
    stopping.signal()
    if isFirst { try? space.remove(Self.place(name)) }
  }

  private func live() {
    let pause = DispatchTimeInterval.milliseconds(timing.beat.milliseconds)
    while stopping.wait(timeout: .now() + pause) == .timedOut {
      // A server that does not answer now may do so at the next beat; until then others are patient.
      try? beat()
      if isLost { return }
    }
  }

  private func beat() throws {
    try state.withLock { state in
      guard let now = state, !now.isLost, !now.isStopped else { return }
      let begin = ContinuousClock.now
      let version = try space.swap(Self.place(name), sign(now.beat + 1), expecting: now.version)
      guard let version else {
        state?.isLost = true
        return
      }
      state?.version = version
      state?.beat = now.beat + 1
      state?.last = begin
    }
  }

  private func sign(_ beat: Int) -> [UInt8] {
    StoreRecords.encode(
      StoreRecords.SignOfLife(
        owner: name, beat: beat, process: StoreRecords.Owner.current.process,
        patience: timing.patience.milliseconds))
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}

/// What somebody has seen of an owner's signs so far.
struct OwnerWatch {
  /// What is known of an owner.
  enum Finding {
    /// It gave a sign while it was watched.
    case alive
    /// It ended, or was taken for dead.
    case gone
    /// Nobody knows yet.
    case watching
  }

  private var seen: (owner: String, version: String, since: ContinuousClock.Instant)?

  /// Looks once at the owner `name`; fences it off when it was silent for as long as it promised not to be.
  mutating func look(at name: String, in space: any ObjectSpace, as me: String) throws -> Finding {
    let place = StoreOwner.place(name)
    guard let value = try space.register(place) else { return .gone }
    guard let sign = try? StoreRecords.decode(StoreRecords.SignOfLife.self, value.bytes) else {
      throw OperationError(
        .corrupt, "\(space.address)/\(place) is damaged",
        remedy: "remove it when no run is going on")
    }
    if sign.fencedBy != nil { return .gone }
    guard let seen, seen.owner == name, seen.version == value.version else {
      let isNews = seen?.owner == name
      seen = (name, value.version, .now)
      return isNews ? .alive : .watching
    }
    guard seen.since.duration(to: .now) >= .milliseconds(sign.patience) else { return .watching }
    var end = sign
    end.fencedBy = me
    let isFenced = try space.swap(place, StoreRecords.encode(end), expecting: value.version) != nil
    return isFenced ? .gone : .watching
  }
}
