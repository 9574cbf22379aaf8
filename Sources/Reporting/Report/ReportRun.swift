public import KeyreelCore

extension ReportDocument {
  /// One run, laid out in time; all times are milliseconds after its beginning.
  public struct Run: Hashable, Sendable, Codable {
    /// When it began, ISO 8601 in UTC.
    public var begun: String
    /// How long it took.
    public var milliseconds: Int
    /// Who made the clips.
    public var backend: String
    /// The program's version.
    public var tool: String
    /// Takes made, reused, failed, not tried.
    public var made: Int
    /// Takes that were in the store.
    public var reused: Int
    /// Takes that failed.
    public var failed: Int
    /// Takes that were not tried.
    public var skipped: Int
    /// Whether it was stopped, or killed.
    public var wasInterrupted: Bool
    /// What was made, in the order in which it began.
    public var lanes: [Lane]
    /// What it had to warn of.
    public var warnings: [String]

    /// What one take or film went through.
    public struct Lane: Hashable, Sendable, Codable {
      /// The segment's id, with its take where there are several; or the film's name.
      public var label: String
      /// Whether it is the joining of a film.
      public var isFilm: Bool
      /// What came of it.
      public var outcome: TakeRecord.Outcome
      /// What it went through; a film's only phase is its joining.
      public var phases: [TakeRecord.Phase]
      /// Whether the run would have been shorter with a shorter lane.
      public var isCritical: Bool

      /// When it began.
      public var start: Int { phases.first?.start ?? 0 }
      /// When it ended.
      public var end: Int { phases.last?.end ?? 0 }
    }
  }
}

/// The chain of lanes that decided how long a run took.
enum CriticalPath {
  /// Marks the lanes of the path: from the one that ended last, back to what it waited for.
  ///
  /// `before` names the lane that a lane's pictures come from. Without one, a lane waited for a free
  /// place, which is the lane that ended last before it began.
  static func mark(_ lanes: inout [ReportDocument.Run.Lane], before: [String: String]) {
    var current = lanes.indices.max { lanes[$0].end < lanes[$1].end }
    while let index = current, !lanes[index].isCritical {
      lanes[index].isCritical = true
      let start = lanes[index].start
      let earlier = lanes.indices.filter {
        !lanes[$0].isCritical && lanes[$0].end <= start && lanes[$0].end > lanes[$0].start
      }
      let source = before[lanes[index].label]
      current =
        earlier.first { lanes[$0].label == source }
        ?? earlier.max { lanes[$0].end < lanes[$1].end }
    }
  }
}
