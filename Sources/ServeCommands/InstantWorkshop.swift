internal import AnimaticBackend
internal import FalServer
internal import KeyreelCore
internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Answers at once with a grey clip of the right size and length, whatever the pictures show.
///
/// For load tests of server and clients: what is measured is the queue and not the renderer. Each size
/// and length is rendered once; later clips are hard links to it.
actor InstantWorkshop: Workshop {
  private let folder: FilePath
  private var begun = 0
  private var made: [ClipMeasure: (file: FilePath, inspection: ClipInspection)] = [:]

  /// Keeps its clips in `folder`, which must exist, on the same disk as the files asked for.
  init(folder: FilePath) { self.folder = folder }

  func make(
    _ order: ClipOrder, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> ClipInspection {
    let measure = try ClipMeasure(order)
    let clip = try await clip(measure, of: order)
    guard link(clip.file.string, file.string) == 0 else {
      throw OperationError(
        .inputOutput, "\(file) cannot be made: \(String(cString: strerror(errno)))")
    }
    return clip.inspection
  }

  private func clip(
    _ measure: ClipMeasure, of order: ClipOrder
  ) async throws -> (file: FilePath, inspection: ClipInspection) {
    if let known = made[measure] { return known }
    let grey = FittedPicture(
      size: measure.canvas, pixels: [UInt8](repeating: 128, count: measure.canvas.area * 3))
    let picture = PictureRecipe(
      origin: .still(Digest.of(grey.pixels)), fit: .cover, focus: .center, canvas: measure.canvas)
    let backend = AnimaticBackend(threads: 1)
    let recipe = Recipe(
      backend: backend.identity, model: order.model.id, request: order.request, first: picture,
      last: picture, frames: measure.frames, frameRate: measure.frameRate)
    begun += 1
    let file = folder.appending("instant-\(begun).mp4")
    unlink(file.string)
    let prepared = try await backend.prepare(
      GenerationOrder(label: "instant", recipe: recipe, first: grey, last: grey))
    let ticket = try await backend.submit(prepared)
    _ = try await backend.collect(ticket, into: file) { _ in }
    let clip = (
      file: file,
      inspection: ClipInspection(
        frames: measure.frames, size: measure.canvas, frameRate: measure.frameRate)
    )
    // Where two first requests meet, each renders; their clips are the same.
    made[measure] = clip
    return clip
  }
}
