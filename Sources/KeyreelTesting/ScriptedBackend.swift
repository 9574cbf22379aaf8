public import KeyreelCore
public import SystemPackage

/// A maker of ``ScriptedClip`` files that does what its script says: work, refuse, fail, hang.
///
/// With a provider of its own its tickets die with it, as a local maker's do. With a provider that
/// several share it stands for a remote service: what one posted, another can collect.
public final class ScriptedBackend: GenerationBackend {
  /// Where something can go wrong.
  public enum Phase: Hashable, Sendable {
    /// While preparing.
    case prepare
    /// While submitting.
    case submit
    /// While collecting.
    case collect
  }

  /// What goes wrong.
  public enum Fault: Sendable {
    /// It throws.
    case error(any Error)
    /// It waits until the task is cancelled.
    case hang
    /// It delivers so many frames instead of those planned.
    case frames(Int)
    /// It delivers half a file.
    case torn
    /// It accepts the request and then throws.
    case acceptThenThrow(any Error)
    /// It calls back, and then does its work.
    case call(@Sendable () async -> Void)
  }

  /// Who it says it is.
  public let identity: BackendIdentity
  /// How many clips it says it works on at once.
  public let concurrencyLimit: Int
  /// Whether its provider outlives it.
  public let ticketsSurviveProcess: Bool
  /// Where its requests are.
  public let provider: ScriptedProvider

  /// A maker; with `provider`, its tickets survive it.
  public init(
    identity: BackendIdentity = SamplePlans.free, limit: Int = 2,
    provider: ScriptedProvider? = nil
  ) {
    self.identity = identity
    concurrencyLimit = limit
    ticketsSurviveProcess = provider != nil
    self.provider = provider ?? ScriptedProvider()
  }

  /// Counts the order, unless the script says otherwise.
  public func prepare(_ order: GenerationOrder) async throws -> PreparedOrder {
    if let fault = provider.next(.prepare, order.label) { try await suffer(fault) }
    return PreparedOrder(order: order, input: order.recipe.canonicalText.string)
  }

  /// Posts the order with the provider.
  public func submit(_ prepared: PreparedOrder) async throws -> Ticket {
    let order = prepared.order
    switch provider.next(.submit, order.label) {
    case .acceptThenThrow(let error):
      _ = provider.post(order)
      throw error
    case let fault?: try await suffer(fault)
    case nil: break
    }
    return Ticket(id: provider.post(order), endpoint: order.recipe.model, backend: identity)
  }

  /// Writes the clip of `ticket`; throws `ticketLost` for a ticket of another provider.
  public func collect(
    _ ticket: Ticket, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> GeneratedClip {
    guard let order = provider.order(ticket.id) else {
      throw OperationError(.ticketLost, "\(identity) does not know the ticket \(ticket.id)")
    }
    provider.enter()
    defer { provider.leave() }
    var clip = ScriptedClip(
      key: order.recipe.key,
      inspection: ClipInspection(
        frames: order.recipe.frames, size: order.recipe.first.canvas,
        frameRate: order.recipe.frameRate))
    var bytes = clip.bytes
    progress(.rendering(done: 0, of: order.recipe.frames))
    switch provider.next(.collect, order.label) {
    case .frames(let frames):
      clip.inspection.frames = frames
      bytes = clip.bytes
    case .torn: bytes.removeLast(bytes.count / 2)
    case let fault?: try await suffer(fault)
    case nil: await Task.yield()
    }
    try Task.checkCancellation()
    try TestFile.write(bytes, to: file)
    progress(.rendering(done: order.recipe.frames, of: order.recipe.frames))
    return GeneratedClip(seed: 7)
  }

  /// Notes that it was asked to.
  public func cancel(_ ticket: Ticket) async { provider.cancelled(ticket.id) }

  private func suffer(_ fault: Fault) async throws {
    switch fault {
    case .error(let error), .acceptThenThrow(let error): throw error
    case .hang:
      // An endless wait that ends only with the task.
      try await Task.sleep(for: .seconds(86_400))
    case .call(let body): await body()
    case .frames, .torn: break
    }
  }
}

/// The far end of a ``ScriptedBackend``: its requests, its script, and what it counted.
public final class ScriptedProvider: Sendable {
  private struct State {
    var orders: [String: GenerationOrder] = [:]
    var faults: [ScriptedBackend.Phase: [String: [ScriptedBackend.Fault]]] = [:]
    var posts: [RecipeKey: Int] = [:]
    var cancelled: [String] = []
    var running = 0
    var mostRunning = 0
  }

  private let name = String(UInt64.random(in: 0 ... .max), radix: 16)
  private let state = Locked(State())

  /// A provider without requests.
  public init() {}

  /// Lets `faults` happen to the segment `label` in `phase`, one at each call, in order.
  public func script(
    _ phase: ScriptedBackend.Phase, _ label: String, _ faults: ScriptedBackend.Fault...
  ) {
    state.withLock { $0.faults[phase, default: [:]][label, default: []] += faults }
  }

  /// How often each recipe was posted.
  public var posts: [RecipeKey: Int] { state.withLock { $0.posts } }
  /// The tickets that were given up.
  public var cancelledTickets: [String] { state.withLock { $0.cancelled } }
  /// The most clips that were made at once.
  public var mostRunning: Int { state.withLock { $0.mostRunning } }

  func next(_ phase: ScriptedBackend.Phase, _ label: String) -> ScriptedBackend.Fault? {
    state.withLock { state in
      guard let first = state.faults[phase]?[label]?.first else { return nil }
      state.faults[phase]?[label]?.removeFirst()
      return first
    }
  }

  func post(_ order: GenerationOrder) -> String {
    state.withLock { state in
      state.posts[order.recipe.key, default: 0] += 1
      let id = "\(name)-\(state.orders.count + 1)"
      state.orders[id] = order
      return id
    }
  }

  func order(_ id: String) -> GenerationOrder? { state.withLock { $0.orders[id] } }

  func cancelled(_ id: String) { state.withLock { $0.cancelled.append(id) } }

  func enter() {
    state.withLock {
      $0.running += 1
      $0.mostRunning = max($0.mostRunning, $0.running)
    }
  }

  func leave() { state.withLock { $0.running -= 1 } }
}
