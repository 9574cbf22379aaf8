/// What a viewer would notice at a join.
public enum JoinFault: String, Hashable, Sendable, Codable, CaseIterable {
  /// The picture is shown twice or more.
  case duplicate
  /// Motion dies around the keyframe and starts again.
  case stall
  /// The picture jumps.
  case jump
  /// It gets brighter or darker at once.
  case luma
  /// Its colours change at once.
  case chroma
  /// It gets sharper or softer at once.
  case sharpness
  /// It has left the authored keyframe's light or colours.
  case drift
}

/// What kind of place a join is.
public enum JoinKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// The clip behind begins on the keyframe on which the one before ends; motion should flow through.
  case chained
  /// The film stays on the keyframe between the two.
  case held
  /// A hard cut, which is never touched and never judged.
  case cut
  /// Both are seen for a while.
  case crossfade
}

/// Where a join is in the film, and which film frames tell about it.
public struct JoinPlace: Hashable, Sendable, Codable {
  /// What people call the piece before.
  public var before: String
  /// What people call the piece behind.
  public var after: String
  /// 0-based film frame that shows the first picture of the piece behind.
  public var frame: Int
  /// What kind of place it is.
  public var kind: JoinKind
  /// Film frames before the join that show the earlier piece's own pictures, and how many.
  public var framesBefore: FilmStretch
  /// Film frames from the join on that show the later piece's own pictures, and how many.
  public var framesAfter: FilmStretch
  /// The authored keyframe between them, small; `nil` where there is none.
  public var keyframe: PictureSketch?

  /// A join at film frame `frame`.
  public init(
    before: String, after: String, frame: Int, kind: JoinKind, framesBefore: FilmStretch,
    framesAfter: FilmStretch, keyframe: PictureSketch? = nil
  ) {
    self.before = before
    self.after = after
    self.frame = frame
    self.kind = kind
    self.framesBefore = framesBefore
    self.framesAfter = framesAfter
    self.keyframe = keyframe
  }

  enum CodingKeys: String, CodingKey {
    case before
    case after
    case frame
    case kind
    case framesBefore = "frames_before"
    case framesAfter = "frames_after"
    case keyframe
  }
}

/// A run of film frames.
public struct FilmStretch: Hashable, Sendable, Codable {
  /// 0-based first film frame.
  public var start: Int
  /// Frames.
  public var count: Int

  /// `count` frames from `start` on.
  public init(start: Int, count: Int) {
    self.start = start
    self.count = count
  }

  /// The frames of `range`.
  public init(_ range: Range<Int>) { self.init(start: range.lowerBound, count: range.count) }

  /// The same frames.
  public var range: Range<Int> { start..<start + max(0, count) }
}

/// What was found at one join, and what was done about it.
public struct JoinVerdict: Hashable, Sendable, Codable {
  /// Where it is.
  public var place: JoinPlace
  /// What the film shows.
  public var figures: JoinFigures
  /// What a viewer would notice in the film.
  public var faults: [JoinFault]
  /// What was done about it.
  public var remedies: [JoinRemedy]
  /// What the clips showed before anything was done; `nil` when nothing was.
  public var unmended: JoinFigures?

  /// The verdict on `figures`, by the thresholds of ``JoinRules``.
  public init(
    _ place: JoinPlace, _ figures: JoinFigures, remedies: [JoinRemedy] = [],
    unmended: JoinFigures? = nil
  ) {
    self.place = place
    self.figures = figures
    self.remedies = remedies
    self.unmended = unmended
    faults = JoinRules.faults(of: figures, at: place.kind)
  }

  /// Whether nobody would notice the join.
  public var isClean: Bool { faults.isEmpty }
}
