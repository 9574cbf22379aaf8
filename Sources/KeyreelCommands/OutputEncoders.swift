internal import KeyreelCore
internal import Media

/// Whether FFmpeg's libraries of this machine can write what a plan asks for; told before any clip is made.
enum OutputEncoders {
  /// Opens nothing; throws a ``CommandFailure`` that names the output and the encoder.
  static func check(_ plan: Plan) throws {
    for output in plan.films.flatMap(\.companions) {
      do {
        try check(output)
      } catch let error as OperationError {
        throw CommandFailure(
          OperationError(error.code, "\(output.path): \(error.message)", remedy: error.remedy),
          .runFailed)
      }
    }
  }

  private static func check(_ output: FilmOutput) throws {
    switch output.form {
    case .encoded(let codec, _):
      try FilmEncoder.require(codec)
      if output.ending == "webm" { try SoundEncoder.require(.opus) }
    case .preview: try AnimationWriter.require(output.ending == "gif" ? .gif : .webp)
    case .film, .frames, .poster, .sheet, .captions: break
    }
  }
}
