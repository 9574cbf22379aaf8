internal import Dispatch
internal import KeyreelCore
internal import Synchronization

/// Makes the frames between two pictures; any thread may ask for any frame, in any order.
public struct InBetweener: Sendable {
  /// How the way from one picture to the other is shown.
  public enum Style: Sendable {
    /// Both pictures are equal: nothing moves.
    case still
    /// Everything moves from its place in the first picture to its place in the last.
    case morph(MotionField)
    /// The pictures have nothing in common and dissolve.
    case dissolve
  }

  /// How the way is shown.
  public let style: Style
  /// How well the pictures agree once their motion is undone, 0…1.
  public let score: Float
  private let first: PlanarFrame
  private let last: PlanarFrame
  private let warper: Warper

  /// Looks for the motion between `first` and `last`, on up to two threads.
  public init(_ first: PlanarFrame, _ last: PlanarFrame, threads: Int) {
    precondition(first.size == last.size, "both pictures of a clip have the canvas's size")
    (self.first, self.last) = (first, last)
    warper = Warper(first, last)
    if first == last {
      (style, score) = (.still, 1)
    } else {
      let motion = Self.motion(first, last, threads: threads)
      score = motion.score
      style = score >= Agreement.threshold ? .morph(motion.field) : .dissolve
    }
  }

  /// The frame `index` of `count`; the first and the last are the pictures themselves.
  public func frame(_ index: Int, of count: Int) -> PlanarFrame {
    if index == 0 { return first }
    if index == count - 1 { return last }
    return frame(at: Float(index) / Float(count - 1))
  }

  /// The frame at the moment `time`, 0…1.
  public func frame(at time: Float) -> PlanarFrame {
    var grid = SamplingGrid(for: first.size)
    switch style {
    case .still: return first
    case .morph(let field): field.fill(&grid, time: time)
    case .dissolve: Dissolve.fill(&grid, size: first.size, time: time)
    }
    return warper.frame(grid)
  }

  private static func motion(
    _ first: PlanarFrame, _ last: PlanarFrame, threads: Int
  ) -> (field: MotionField, score: Float) {
    let pyramids = both(threads) { Pyramid($0 == 0 ? first : last) }
    let flows = both(threads) { way in
      FlowSearch.flow(from: pyramids[way], to: pyramids[1 - way])
    }
    let scores = both(threads) { way in
      Agreement.score(pyramids[way].levels[0], pyramids[1 - way].levels[0], flows[way])
    }
    let trusted = both(threads) { way in
      var flow = flows[way]
      Agreement.veto(&flow, against: flows[1 - way])
      return flow
    }
    let relighting = Agreement.relighting(
      pyramids[0].levels[0], pyramids[1].levels[0], trusted[0])
    let field = MotionField(
      size: first.size, forward: trusted[0], backward: trusted[1], factor: pyramids[0].factor,
      relighting: relighting)
    return (field, (scores[0] + scores[1]) / 2)
  }

  /// What `body` makes of 0 and of 1, at once where there are threads.
  private static func both<Value: Sendable>(_ threads: Int, _ body: @Sendable (Int) -> Value)
    -> [Value]
  {
    guard threads > 1 else { return [body(0), body(1)] }
    let values = Mutex<[Int: Value]>([:])
    DispatchQueue.concurrentPerform(iterations: 2) { way in
      let value = body(way)
      values.withLock { $0[way] = value }
    }
    return values.withLock { values in values.sorted { $0.key < $1.key }.map(\.value) }
  }
}
