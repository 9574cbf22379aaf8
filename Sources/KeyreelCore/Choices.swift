/// How a still of another shape fills the canvas.
public enum Fit: String, Hashable, Sendable, Codable, CaseIterable {
  /// Fills the canvas; what sticks out is cut off.
  case cover
  /// Shows all of the picture on black.
  case contain
  /// Shows all of the picture on a blurred copy of itself.
  case blur
  /// Pulls the picture to the canvas's shape.
  case stretch
}

/// The point of a picture that a crop keeps, in thousandths of width and height.
public struct Focus: Hashable, Sendable, Codable {
  /// From the left edge, 0…1000.
  public var x: Int
  /// From the top edge, 0…1000.
  public var y: Int

  /// A point in thousandths from the left and top edges.
  public init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }

  /// The middle of the picture.
  public static let center = Focus(x: 500, y: 500)
}

/// What the segments of a sequence start from.
public enum ChainMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// The authored still: parallel, no drift.
  case keyframes
  /// The last frame that the picked clip before it really ended on: in order.
  case rendered
}

/// Where the overlapping frames of a crossfade come from.
public enum HandleMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// From both sequences; the film gets shorter.
  case overlap
  /// Edge frames are repeated; the film keeps its length.
  case freeze
}

/// Whether what an existing clip sounds like is heard in the film.
public enum OwnSound: String, Hashable, Sendable, Codable, CaseIterable {
  /// It is heard, beside its pictures.
  case keep
  /// It is not.
  case drop
}

/// What happens when a clip has other frames than planned.
public enum ConformMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// The segment fails.
  case strict
  /// What came is used, and the film is re-timed.
  case accept
  /// The clip is resampled to the planned count.
  case retime
}

/// What the film file itself carries; the sidecar has all.
public enum MetadataMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// The tool, the animatic mark and the manifest's digest.
  case minimal
  /// Prompts, seeds and prices too.
  case full
}
