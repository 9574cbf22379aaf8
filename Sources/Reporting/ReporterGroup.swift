public import KeyreelCore

/// Tells every event to several reporters.
public struct ReporterGroup: Reporter {
  private let reporters: [any Reporter]

  /// A group of `reporters`, told in this order.
  public init(_ reporters: [any Reporter]) { self.reporters = reporters }

  /// Hands `event` on.
  public func report(_ event: RunEvent) {
    for reporter in reporters { reporter.report(event) }
  }
}
