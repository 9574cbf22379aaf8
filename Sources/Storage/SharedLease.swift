import KeyreelCore
import Synchronization

/// A lease of a shared store that this process has: a register that names its owner.
final class SharedLease: Sendable {
  let owner: StoreOwner
  private let space: any ObjectSpace
  private let place: String
  private let version: Mutex<String?>

  private init(_ space: any ObjectSpace, _ place: String, _ owner: StoreOwner, _ version: String) {
    self.space = space
    self.place = place
    self.owner = owner
    self.version = Mutex(version)
  }

  deinit { release() }

  /// Lets the lease go; safe to call twice.
  func release() {
    let held = version.withLock { version in
      defer { version = nil }
      return version
    }
    guard let held else { return }
    // Where this fails, the others find out that the owner has ended, only later.
    _ = try? space.swap(place, Self.value(owner: nil), expecting: held)
  }

  private static func value(owner: String?) -> [UInt8] {
    StoreRecords.encode(StoreRecords.Lease(owner: owner, nonce: StoreRecords.nonce()))
  }

  /// What came of one try to take a lease.
  enum Outcome {
    /// It is ours.
    case taken(SharedLease)
    /// Its owner lives.
    case held
    /// Its owner is not known to live or to be dead.
    case unclear
  }

  /// Tries once to take the lease at `place`; `watch` remembers from try to try what was seen.
  static func attempt(
    _ place: String, in space: any ObjectSpace, as owner: StoreOwner, _ watch: inout OwnerWatch
  ) throws -> Outcome {
    let value = try space.register(place)
    if let value {
      guard let lease = try? StoreRecords.decode(StoreRecords.Lease.self, value.bytes) else {
        throw OperationError(
          .corrupt, "\(space.address)/\(place) is damaged",
          remedy: "remove it when no run is going on")
      }
      if lease.owner == owner.name { return .held }
      if let other = lease.owner {
        switch try watch.look(at: other, in: space, as: owner.name) {
        case .alive: return .held
        case .watching: return .unclear
        case .gone: break
        }
      }
    }
    let version = try space.swap(
      place, Self.value(owner: owner.name), expecting: value?.version)
    return version.map { .taken(SharedLease(space, place, owner, $0)) } ?? .unclear
  }
}
