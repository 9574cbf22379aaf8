public import KeyreelCore

/// The shards of a plan that have something to make, as build servers take them: one line of JSON.
///
/// `{"include":[{"shard":"1/3","clips":4,"frames":964,"cost":"1.0656"}]}`; a GitHub workflow gives it to
/// `matrix` through `fromJSON`.
public struct ShardMatrix: Sendable {
  /// One shard with work.
  public struct Row: Sendable {
    private let shard: String
    private let clips: Int
    private let frames: Int
    private let cost: Money

    /// `shard`, which has so many clips with so many frames to make, expected to cost `cost`.
    public init(shard: String, clips: Int, frames: Int, cost: Money) {
      self.shard = shard
      self.clips = clips
      self.frames = frames
      self.cost = cost
    }

    fileprivate func write(to text: inout JSONText) {
      text.object { text in
        text.key("shard")
        text.value(shard)
        text.key("clips")
        text.value(clips)
        text.key("frames")
        text.value(frames)
        text.key("cost")
        text.value(cost.decimal)
      }
    }
  }

  private let rows: [Row]

  /// A matrix of `rows`, in their order.
  public init(_ rows: [Row]) { self.rows = rows }

  /// One line, with a line end.
  public var text: String {
    var text = JSONText()
    text.object { text in
      text.key("include")
      text.array { text in for row in rows { row.write(to: &text) } }
    }
    return text.string + "\n"
  }
}
