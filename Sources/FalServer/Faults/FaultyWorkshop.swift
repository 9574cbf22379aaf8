internal import FalProtocol
internal import HTTPTypes
internal import KeyreelCore
internal import Synchronization
internal import SystemPackage

/// A workshop that goes wrong as the script says; around the real one, which knows nothing of it.
final class FaultyWorkshop: Workshop {
  private let real: any Workshop
  private let player: FaultPlayer
  /// Jobs that are to be charged at the worst price.
  private let overcharged = Mutex<Set<String>>([])

  init(_ real: any Workshop, _ player: FaultPlayer) {
    self.real = real
    self.player = player
  }

  /// `real`, or where there is a player of faults a faulty one around it.
  static func around(_ real: any Workshop, _ player: FaultPlayer?) -> any Workshop {
    guard let player else { return real }
    return FaultyWorkshop(real, player)
  }

  func make(
    _ order: ClipOrder, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> ClipInspection {
    var order = order
    for hit in player.hits(.work, endpoint: EndpointID(order.model.id), request: order.label) {
      switch hit.action {
      case .delay(let delay): try await Task.sleep(for: delay.time(hit.draw))
      case .refuse(let type):
        throw Refusal(
          .unprocessableContent,
          .details([
            ErrorDetail(
              type, "The content could not be processed because it was refused",
              field: order.model.pictures.first)
          ]))
      case .fail(let status, let type):
        throw Refusal(.init(code: status), "A rehearsed failure", type: type)
      case .frames(let difference): order.outcome.extraFrames += difference
      case .size(let size): order.outcome.size = size
      case .neverEnds:
        while true { try await Task.sleep(for: .seconds(3600)) }
      case .worstBill: _ = overcharged.withLock { $0.insert(order.label) }
      case .answer, .reset, .slow, .truncate, .expired: break
      }
    }
    return try await real.make(order, into: file, progress: progress)
  }

  func bill(_ order: ClipOrder, frames: Int) -> Bill? {
    guard overcharged.withLock({ $0.remove(order.label) }) != nil else {
      return real.bill(order, frames: frames)
    }
    return Self.worstBill(order, frames: frames)
  }

  /// The most that the profile lets the provider charge: all frames that may come back, and of all
  /// values of the parameters that the price looks at the dearest.
  private static func worstBill(_ order: ClipOrder, frames: Int) -> Bill? {
    let model = order.model
    var asked = frames
    if case .integer(let count)? = order.request[model.length.parameter] { asked = count }
    let worst = max(frames, model.length.grid?.worst(asked: asked) ?? frames)
    var request = order.request
    for multiplier in model.price.multipliers where multiplier.factor > Money(nanos: 1_000_000_000)
    {
      for (name, value) in multiplier.when { request[name] = value }
    }
    return Bill(request, frames: worst, profile: model)
  }
}
