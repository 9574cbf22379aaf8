internal import Execution
internal import KeyreelCore

/// What the author says about clips of which nobody knows whether they were bought.
struct ReconcileOrders {
  /// One word of the author.
  enum Order {
    /// This request is the clip's.
    case adopt(String)
    /// It was never accepted.
    case forget
    /// It is to be sent again, although it may be billed.
    case resubmit
  }

  private var orders: [(name: String, order: Order)] = []

  /// Reads the flags; throws a ``CommandFailure`` for what cannot be read.
  init(adopt: [String], forget: [String], resubmit: [String]) throws {
    for text in adopt {
      guard let mark = text.lastIndex(of: "="), mark != text.startIndex,
        text.index(after: mark) != text.endIndex
      else {
        throw CommandFailure(
          OperationError(
            .unsupported, "`--adopt \(text)` names no segment and request",
            remedy: "write --adopt SEGMENT=REQUEST"), .usage)
      }
      orders.append((String(text[..<mark]), .adopt(String(text[text.index(after: mark)...]))))
    }
    orders += forget.map { ($0, .forget) } + resubmit.map { ($0, .resubmit) }
  }

  /// Throws for names that fit no open case, or several, and for words that make no sense there.
  func check(against cases: [Reconciliation.Case]) throws {
    for (name, order) in orders {
      let fitting = cases.filter { Self.fits(name, $0) }
      guard let item = fitting.first else {
        throw CommandFailure.unknown("open clip", name, among: cases.map(\.name))
      }
      guard fitting.count == 1 else {
        throw CommandFailure(
          OperationError(
            .unsupported, "`\(name)` is the name of several clips",
            remedy: "name one: " + fitting.map(\.name).joined(separator: ", ")), .usage)
      }
      if case .open = item.state, case .adopt = order { continue }
      guard item.state != .open else {
        throw CommandFailure(
          OperationError(
            .unsupported, "\(item.name) has nothing open to forget or to send again",
            remedy: "run keyreel reconcile to see what is open"), .usage)
      }
      if case .ticketed = item.state, case .adopt = order {
        throw CommandFailure(
          OperationError(
            .unsupported, "\(item.name) has a request already",
            remedy: "run the pipeline to collect it, or --forget it first"), .usage)
      }
    }
  }

  /// What the author says of `item`; `nil` when nothing.
  func order(for item: Reconciliation.Case) -> Order? {
    orders.first { Self.fits($0.name, item) }?.order
  }

  /// By its name, by its segment, or by the beginning of its key.
  private static func fits(_ name: String, _ item: Reconciliation.Case) -> Bool {
    name == item.name || item.job?.uses.contains { $0.segment == name } == true
      || (name.count >= 8 && item.key.description.hasPrefix(name))
  }
}
