import KeyreelCore

/// How the length of a segment is asked for.
enum RequestedLength {
  /// The number of frames sent to the model; without a place when it is the model's default.
  case frames(Int, SourceSpan?)
  /// The time from keyframe to keyframe.
  case duration(Written<TimeLength>)
}

/// What the settings say of one segment, before its length in frames is known.
struct DraftSegment {
  let model: Model
  /// The whole request; length and seed are filled in later.
  var fields: [ModelRequest.Field]
  /// Where the length and the seed stand in ``fields``.
  let lengthField: Int
  let seedField: Int?
  /// Picture size of the clip; when the settings are wrong, some size of the model.
  let canvas: PixelSize
  /// Whether the settings that decide the picture size are right.
  let knowsCanvas: Bool
  let rate: FrameRate
  let length: RequestedLength
  /// The seed that the author wrote.
  let seed: Int?
  let takes: Int
  let pick: Int
  let fit: Fit
  let focus: Focus
  let explicitID: Written<String>?
}
