public import KeyreelCore
import Synchronization

/// The money of a run: no request leaves without a reservation here.
///
/// Who does not fit while others are in flight waits for their bills, because most end below the worst
/// price. When nothing is in flight and something still does not fit, nothing more is bought.
public final class Purse: Sendable {
  private struct State {
    var budgets: [Budget]
    var isClosed = false
    /// What was kept, with what it is expected to cost.
    var unknown = PriceRange.free
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var number = 0
  }

  private let state: Mutex<State>
  /// Price of one billed unit by model.
  private let unitPrices: [String: Money]

  /// A purse that holds every one of `ceilings`; `unitPrices`, by model, tell what billed units cost.
  public init(ceilings: [Money] = [], unitPrices: [String: Money] = [:]) {
    state = Mutex(
      State(budgets: ceilings.isEmpty ? [Budget(ceiling: nil)] : ceilings.map(Budget.init)))
    self.unitPrices = unitPrices
  }

  /// The budget with the least left.
  public var tightest: Budget {
    state.withLock { state in
      let budgets = state.budgets.sorted { ($0.left?.nanos ?? .max) < ($1.left?.nanos ?? .max) }
      guard let first = budgets.first else { preconditionFailure("there is always a budget") }
      return first
    }
  }

  /// What may have been billed without anybody knowing.
  public var unknown: PriceRange { state.withLock { $0.unknown } }

  /// What `units` billed units of `model` cost, where `price` was planned; `nil` where nobody can tell.
  ///
  /// Units are told in billionths, so that a bill is only known to within some of them: one that is as
  /// near to the planned price is that.
  public func cost(of units: String?, model: String, planned price: PriceRange) -> Money? {
    guard let unitPrice = unitPrices[model], let units = units.flatMap(Self.units) else {
      return nil
    }
    let cost = unitPrice.scaled(by: units.nanos, over: 1_000_000_000)
    let slack = unitPrice.scaled(by: 1, over: 1_000_000_000).nanos + 4
    return [price.expected, price.worst]
      .first { abs((cost - $0).nanos) <= slack } ?? cost
  }

  /// Reads a decimal; places beyond a billionth are rounded up.
  private static func units(_ text: String) -> Money? {
    guard let point = text.firstIndex(of: "."), text[point...].count > 10 else {
      return Money(decimal: text).flatMap { $0 < .zero ? nil : $0 }
    }
    let cut = text.index(point, offsetBy: 10)
    guard text[cut...].allSatisfy(\.isWholeNumber), let money = Money(decimal: text[..<cut]),
      money >= .zero
    else { return nil }
    return text[cut...].contains { $0 != "0" } ? money + Money(nanos: 1) : money
  }

  /// Reserves the most that a request may cost, waiting while others are in flight.
  ///
  /// `false` when it does not fit, after which nothing else does either. Ends early when the task is
  /// cancelled, with `false`.
  func reserve(_ price: PriceRange) async -> Bool {
    while true {
      let ticket: Int? = state.withLock { state in
        if state.isClosed { return -1 }
        if Self.reserve(price.worst, in: &state.budgets) { return nil }
        let isHopeless =
          state.budgets.contains { $0.isBroken } || state.budgets.allSatisfy { $0.inFlight == 0 }
        if isHopeless {
          state.isClosed = true
          return -1
        }
        state.number += 1
        return state.number
      }
      guard let ticket else { return true }
      if ticket < 0 {
        wake()
        return false
      }
      await wait(ticket)
      if Task.isCancelled { return false }
    }
  }

  private static func reserve(_ worst: Money, in budgets: inout [Budget]) -> Bool {
    var tried = budgets
    for index in tried.indices where !tried[index].reserve(worst) { return false }
    budgets = tried
    return true
  }

  /// Returns when something has changed since `ticket` was drawn, or the task is cancelled.
  private func wait(_ ticket: Int) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          // What was in flight may have ended in the meantime.
          if Task.isCancelled || state.isClosed || state.budgets.allSatisfy({ $0.inFlight == 0 }) {
            return true
          }
          state.waiting[ticket] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
  }

  /// Notes the bill of a request; `false` when it is beyond the worst price.
  func settle(_ price: PriceRange, billed: Money?) -> Bool {
    let isWithin = change { budgets in
      budgets.indices.map { budgets[$0].settle(price.worst, billed: billed) }.allSatisfy(\.self)
    }
    return isWithin
  }

  /// Gives a reservation back.
  func release(_ price: PriceRange) {
    change { budgets in for index in budgets.indices { budgets[index].release(price.worst) } }
  }

  /// Keeps a reservation for good.
  func keep(_ price: PriceRange) {
    state.withLock { $0.unknown = $0.unknown + price }
    change { budgets in for index in budgets.indices { budgets[index].keep(price.worst) } }
  }

  /// Tells of a request of an earlier run, whose budget it was.
  func tellUnknown(_ price: PriceRange) {
    state.withLock { $0.unknown = $0.unknown + price }
  }

  @discardableResult
  private func change<Value: Sendable>(_ body: (inout [Budget]) -> Value) -> Value {
    let value = state.withLock { body(&$0.budgets) }
    wake()
    return value
  }

  private func wake() {
    let waiting = state.withLock { state in
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume() }
  }
}
