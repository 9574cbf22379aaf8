internal import FalServer
internal import Keyframes
internal import KeyreelCore
internal import Media
internal import SystemPackage

/// Has clips made by a generation backend, from pictures fitted to the model's canvas.
struct BackendWorkshop: Workshop {
  let backend: any GenerationBackend
  private let inspector = StrictInspector()

  init(_ backend: any GenerationBackend) { self.backend = backend }

  func make(
    _ order: ClipOrder, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> ClipInspection {
    let prepared = try await backend.prepare(try await generationOrder(order))
    let ticket = try await backend.submit(prepared)
    do {
      _ = try await backend.collect(ticket, into: file, progress: progress)
    } catch {
      await backend.cancel(ticket)
      throw error
    }
    return try await inspector.inspect(file)
  }

  private func generationOrder(_ order: ClipOrder) async throws -> GenerationOrder {
    let measure = try ClipMeasure(order)
    let first = try await Self.picture(order.first, .first, measure.canvas)
    let last = try await Self.picture(order.last, .last, measure.canvas)
    let recipe = Recipe(
      backend: backend.identity, model: order.model.id, request: order.request,
      first: first.recipe, last: last.recipe, frames: measure.frames,
      frameRate: measure.frameRate)
    return GenerationOrder(
      label: order.label, recipe: recipe, first: first.picture, last: last.picture)
  }

  /// Scaled to cover the canvas and cut around the middle, as the model does with pictures of other shapes.
  private static func picture(
    _ file: FilePath, _ position: PictureFailure.Position, _ canvas: PixelSize
  ) async throws -> (recipe: PictureRecipe, picture: FittedPicture) {
    do {
      return try await OwnThread.run { _ in
        let bytes = try FileBytes.read(file, name: "the picture")
        let still = try StillDecoder.decode(bytes, name: "the picture")
        let recipe = PictureRecipe(
          origin: .still(Digest.of(bytes)), fit: .cover, focus: .center, canvas: canvas)
        return (recipe, PictureFitter.fit(still.picture, .cover, to: canvas).fitted)
      }
    } catch let error as OperationError {
      throw PictureFailure(position, error, kind: kind(of: error))
    }
  }

  private static func kind(of error: OperationError) -> PictureFailure.Kind {
    switch error.code {
    case .wrongKind, .animated: .unsupportedFormat
    case .badSize: .tooLarge(side: StillDecoder.sideLimit)
    default: .damaged
    }
  }
}

/// How large, long and fast the clip of an order is, by the model's profile.
struct ClipMeasure: Hashable {
  let canvas: PixelSize
  let frames: Int
  let frameRate: FrameRate

  /// Throws `unsupported` where the profile does not say.
  init(_ order: ClipOrder) throws {
    guard let canvas = order.outcome.size ?? order.model.canvas(for: order.request),
      let frameRate = order.model.frameRate(for: order.request),
      case .integer(let frames)? = order.request[order.model.length.parameter]
    else {
      throw OperationError(
        .unsupported, "the profile of \(order.model.id) does not say how large or long this clip is"
      )
    }
    self.canvas = canvas
    self.frames = max(1, frames + order.outcome.extraFrames)
    self.frameRate = frameRate
  }
}
