public import KeyreelCore
internal import Media
internal import Synchronization
public import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Makes animatics on this machine for free: previews of the film's motion and timing.
///
/// A clip is a motion-compensated in-between of its two pictures, or a dissolve where they have
/// nothing in common; docs/animatic.md tells how. The first frame is the first picture and the last
/// frame the last picture, before encoding. The file's bytes depend on the order and the build of
/// libx264 alone, never on the number of threads.
public final class AnimaticBackend: GenerationBackend {
  /// How clips of an ``AnimaticBackend`` look.
  public enum Delivery: Hashable, Sendable {
    /// Exactly as ordered.
    case exact
    /// With the quirks of paid clips, for rehearsals.
    ///
    /// 36 · N + 1 frames, a last frame that is only near the last picture, slowly rising exposure, no
    /// colour tags, B frames.
    case quirky
  }

  /// `animatic@2`, or `animatic@2+quirks`.
  public let identity: BackendIdentity
  /// Two clips at once: one fills the processors while the other looks for motion.
  public let concurrencyLimit = 2
  /// `false`: an order is kept in memory until its clip is made.
  public let ticketsSurviveProcess = false

  /// Raised whenever frames change, so that no clip of an older maker is taken for one of this.
  private static let version = "2"

  private let style: ClipStyle
  private let threads: Int
  private let desk = Mutex(OrderDesk())

  /// A maker of clips on `threads` threads for each clip, by default one per processor.
  public init(_ delivery: Delivery = .exact, threads: Int? = nil) {
    style = ClipStyle(isQuirky: delivery == .quirky)
    identity = BackendIdentity(
      kind: "animatic", origin: Self.version + (style.isQuirky ? "+quirks" : ""))
    let processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    self.threads = max(1, min(threads ?? processors, 64))
  }

  /// Checks that the order can be made; nothing is sent anywhere.
  ///
  /// Throws `unsupported` for canvases that H.264 4:2:0 cannot hold and for fewer than two frames.
  public func prepare(_ order: GenerationOrder) async throws -> PreparedOrder {
    let size = order.first.size
    precondition(size == order.last.size, "both pictures of an order are fitted to one canvas")
    guard size.width % 2 == 0, size.height % 2 == 0, min(size.width, size.height) >= 16,
      max(size.width, size.height) <= 8192
    else {
      throw OperationError(
        .unsupported, "\(order.label): a clip of \(size) cannot be made",
        remedy: "choose a canvas of even numbers from 16 to 8192")
    }
    guard order.recipe.frames >= 2 else {
      throw OperationError(
        .unsupported, "\(order.label): a clip of \(order.recipe.frames) frames cannot be made",
        remedy: "ask for at least 2 frames, one for each picture")
    }
    return PreparedOrder(order: order, input: order.recipe.canonicalText.string)
  }

  /// Keeps the order in memory; work begins with ``collect(_:into:progress:)``.
  public func submit(_ prepared: PreparedOrder) async throws -> Ticket {
    let id = desk.withLock { $0.take(prepared.order) }
    return Ticket(id: id, endpoint: "animatic", backend: identity)
  }

  /// Makes the clip of `ticket` and writes it to `file`, which is removed again on any failure.
  ///
  /// The pictures are dropped some deliveries later; until then a ticket may be collected again.
  public func collect(
    _ ticket: Ticket, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> GeneratedClip {
    let kept = desk.withLock { $0.orders[ticket.id] }
    guard let kept, ticket.backend == identity else {
      throw OperationError(
        .ticketLost, "the animatic backend does not know the ticket \(ticket.id)",
        remedy: "order the clip again; animatics are free")
    }
    let (style, threads) = (style, threads)
    try await OwnThread.run { token in
      let work = ClipWork(
        order: kept.order, style: style, threads: threads,
        stop: StopSignal(tokens: [token, kept.token]))
      try work.make(file, progress: progress)
    }
    desk.withLock { $0.delivered(ticket.id) }
    return GeneratedClip()
  }

  /// Stops the work on `ticket` and forgets it.
  public func cancel(_ ticket: Ticket) async {
    desk.withLock { $0.orders.removeValue(forKey: ticket.id) }?.token.cancel()
  }
}

/// The orders that were taken and not yet forgotten.
struct OrderDesk {
  /// An order and the flag that stops its work.
  struct Kept {
    let order: GenerationOrder
    let token: CancellationToken
  }

  /// Delivered orders that may still be collected again; pictures are large, so only a few.
  private static let deliveredLimit = 8

  var orders: [String: Kept] = [:]
  private var delivered: [String] = []
  private var count = 0

  /// A ticket's id holds the recipe's key, so that no other process's ticket names another clip.
  mutating func take(_ order: GenerationOrder) -> String {
    count += 1
    let id = "\(order.recipe.key)-\(count)"
    orders[id] = Kept(order: order, token: CancellationToken())
    return id
  }

  mutating func delivered(_ id: String) {
    delivered.removeAll { $0 == id }
    delivered.append(id)
    guard delivered.count > Self.deliveredLimit else { return }
    orders.removeValue(forKey: delivered.removeFirst())
  }
}
