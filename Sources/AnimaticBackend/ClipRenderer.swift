internal import Dispatch
internal import Media
internal import Synchronization

/// Renders frames on all threads while the ones before are encoded, a batch at a time.
struct ClipRenderer {
  let count: Int
  let threads: Int
  let stop: StopSignal
  /// Makes the frame of an index; called on any thread.
  let frame: @Sendable (Int) -> PlanarFrame

  /// Frames that are in memory at once, twice: those being made and those being encoded.
  private var batch: Int { min(max(2 * threads, 4), 16) }

  /// Hands all frames to `write`, in order and one at a time, but on changing threads.
  ///
  /// Throws what `write` throws, and `interrupted` once it is asked to stop.
  func render(_ write: @Sendable (PlanarFrame) throws -> Void, progress: (Int) -> Void) throws {
    var ready: [PlanarFrame] = []
    var start = 0
    while start < count || !ready.isEmpty {
      try stop.check()
      let range = start..<min(start + batch, count)
      let next = try step(writing: ready, making: range, write)
      start = range.upperBound
      if !ready.isEmpty { progress(range.lowerBound) }
      ready = next
    }
  }

  /// One thread writes what is ready and then helps the others to make the next frames.
  private func step(
    writing ready: [PlanarFrame], making range: Range<Int>,
    _ write: @Sendable (PlanarFrame) throws -> Void
  ) throws -> [PlanarFrame] {
    let made = Mutex<[Int: PlanarFrame]>([:])
    let failure = Mutex<(any Error)?>(nil)
    let next = Atomic(range.lowerBound)
    DispatchQueue.concurrentPerform(iterations: threads) { worker in
      do {
        if worker == 0 {
          for frame in ready {
            try stop.check()
            try write(frame)
          }
        }
        while !stop.isRaised {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < range.upperBound else { break }
          let frame = frame(index)
          made.withLock { $0[index] = frame }
        }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    try stop.check()
    return made.withLock { frames in range.compactMap { frames[$0] } }
  }
}
