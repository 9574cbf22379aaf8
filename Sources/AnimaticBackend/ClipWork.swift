internal import KeyreelCore
internal import Media
internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The making of one clip, from its two pictures to the finished file.
struct ClipWork {
  let order: GenerationOrder
  let style: ClipStyle
  let threads: Int
  let stop: StopSignal

  /// Writes the clip to `file`; on any failure nothing stays there.
  func make(
    _ file: FilePath, progress: @escaping @Sendable (GenerationProgress) -> Void
  ) throws {
    do {
      try write(file, progress)
    } catch {
      unlink(file.string)
      throw error
    }
  }

  private func write(
    _ file: FilePath, _ progress: @escaping @Sendable (GenerationProgress) -> Void
  ) throws {
    let (style, count) = (style, style.frames(asked: order.recipe.frames))
    progress(.rendering(done: 0, of: count))
    try stop.check()
    let between = InBetweener(
      PlanarFrame(order.first), PlanarFrame(order.last), threads: threads)
    let clip = try OpenClip(file, style.settings(order.first.size, order.recipe.frameRate))
    let renderer = ClipRenderer(count: count, threads: threads, stop: stop) { index in
      style.frame(index, of: count, from: between)
    }
    try renderer.render(clip.append) { progress(.rendering(done: $0, of: count)) }
    try clip.finish()
  }
}

/// A clip being written, by one thread at a time.
private final class OpenClip: Sendable {
  private let writer: Mutex<ClipWriter>

  /// Written into every file: nobody shall take it for a generated video.
  private static let metadata = [
    (key: "title", value: "Keyreel animatic preview"),
    (key: "comment", value: "Animatic preview, not generated video"),
  ]

  init(_ file: FilePath, _ settings: VideoSettings) throws {
    writer = Mutex(try ClipWriter(file, settings: settings, metadata: Self.metadata))
  }

  @Sendable func append(_ frame: PlanarFrame) throws {
    try writer.withLock { try $0.append(frame) }
  }

  func finish() throws { try writer.withLock { try $0.finish() } }
}
