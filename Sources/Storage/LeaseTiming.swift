/// How often the user of a shared store gives a sign of life, and how long the others wait for one.
///
/// No clock is compared with another machine's: an owner counts as dead when its sign did not change
/// while somebody watched for `patience` on its own clock. The owner's patience is told with its sign, so
/// that all who watch it agree.
public struct LeaseTiming: Hashable, Sendable {
  /// Between two signs of life.
  public var beat: Duration
  /// How long an unchanged sign is watched before its owner counts as dead.
  public var patience: Duration

  /// These lengths; several beats fit into a patience, because a busy machine or network delays them.
  public init(beat: Duration, patience: Duration) {
    precondition(beat * 3 <= patience, "a patience has room for three beats at least")
    self.beat = beat
    self.patience = patience
  }

  /// A beat in five seconds, a patience of thirty.
  public static let standard = LeaseTiming(beat: .seconds(5), patience: .seconds(30))
}
