public import KeyreelCore

/// What may still be spent, whatever is in flight and in whatever order it ends: a pure value.
///
/// Before a request leaves, the most that it may cost is reserved. What was reserved is settled at what
/// was billed, given back when nothing was bought, or kept where nobody knows. The sum of what was spent,
/// reserved and kept never passes the ceiling, unless somebody bills more than the worst price.
public struct Budget: Hashable, Sendable {
  /// The ceiling; `nil` where there is none.
  public let ceiling: Money?
  /// What was billed, or, where nobody tells, the most that it may have been.
  public private(set) var spent = Money.zero
  /// The most that may be billed for what is in flight.
  public private(set) var reserved = Money.zero
  /// The most that may be billed for what ended without anybody knowing its price.
  public private(set) var kept = Money.zero
  /// How many reservations are in flight.
  public private(set) var inFlight = 0
  /// Whether somebody billed more than the worst price, after which nothing more is bought.
  public private(set) var isBroken = false

  /// A budget of `ceiling`.
  public init(ceiling: Money?) { self.ceiling = ceiling }

  /// What can still be reserved; `nil` where there is no ceiling.
  public var left: Money? {
    ceiling.map { max(.zero, $0 - committed) }
  }

  /// All that was or may be billed so far.
  public var committed: Money { spent + reserved + kept }

  /// Sets the most that a request may cost aside; `false` when the ceiling would be passed.
  public mutating func reserve(_ worst: Money) -> Bool {
    guard !isBroken else { return false }
    if let ceiling, committed + worst > ceiling { return false }
    reserved += worst
    inFlight += 1
    return true
  }

  /// Notes what a reserved request was billed; the worst price where nobody tells.
  ///
  /// Returns whether the bill is within what was reserved; otherwise nothing more is bought.
  @discardableResult
  public mutating func settle(_ worst: Money, billed: Money?) -> Bool {
    take(worst)
    spent += billed ?? worst
    guard let billed, billed > worst else { return true }
    isBroken = true
    return false
  }

  /// Gives back what was reserved for a request that provably bought nothing.
  public mutating func release(_ worst: Money) { take(worst) }

  /// Keeps aside what was reserved for a request of which nobody knows what it costs.
  public mutating func keep(_ worst: Money) {
    take(worst)
    kept += worst
  }

  private mutating func take(_ worst: Money) {
    precondition(inFlight > 0 && reserved >= worst, "only what was reserved can be taken")
    reserved = reserved - worst
    inFlight -= 1
  }
}
