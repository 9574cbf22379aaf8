public import KeyreelCore

extension ReportDocument {
  /// One film of the report.
  public struct Film: Hashable, Sendable, Codable {
    /// Its name, variant suffix included.
    public var name: String
    /// Picture size.
    public var size: String
    /// Frames per second.
    public var frameRate: FrameRate
    /// Frames planned.
    public var frames: Int
    /// Minutes, seconds and thousandths.
    public var duration: String
    /// The files that a run writes, relative to the project root.
    public var outputs: [String]
    /// What a run would still buy, and so on, of this film alone.
    public var planned: Amount
    /// Of what a run would still buy for this film.
    public var toPay: Amount
    /// The file, where the film is there as a run would make it.
    public var video: Video?
    /// The keyframes in film order.
    public var keyframes: [Keyframe]
    /// The clips to generate in film order.
    public var segments: [Segment]
    /// Stretches of existing clips and stills, in film order.
    public var inserts: [Insert]
    /// What happens between each two pieces.
    public var joins: [Join]
    /// Remarks of the planner.
    public var remarks: [String]
    /// Key of the cut list.
    public var assembly: Digest
    /// Captions that a player shows beside the film; those that are burnt in are in its pictures.
    public var captions: [Captions]?
  }

  /// Captions of one language.
  public struct Captions: Hashable, Sendable, Codable {
    /// ISO 639 code; `und` where nobody says.
    public var language: String
    /// How many there are.
    public var count: Int
    /// They themselves, as WebVTT.
    public var text: String
  }

  /// A film's or a clip's file.
  public struct Video: Hashable, Sendable, Codable {
    /// The name of the bytes in ``ReportMedia``; `nil` when they are not carried.
    public var media: String?
    /// A frame of it in ``ReportMedia``, to show before it is played.
    public var poster: String?
    /// The file, relative to the report, for a link; `nil` for clips in the store.
    public var link: String?
    /// Bytes of the file.
    public var bytes: Int
    /// Digest of the file's bytes, where it is known.
    public var digest: Digest?
    /// Why the bytes are not carried, for people.
    public var remark: String?

    /// A file of `bytes` bytes.
    public init(
      media: String? = nil, link: String? = nil, bytes: Int, digest: Digest? = nil,
      remark: String? = nil
    ) {
      self.media = media
      self.link = link
      self.bytes = bytes
      self.digest = digest
      self.remark = remark
    }
  }

  /// A keyframe as it stands in a film.
  public struct Keyframe: Hashable, Sendable, Codable {
    /// Its name in the pipeline, or its file.
    public var name: String
    /// The sequence that shows it.
    public var sequence: String
    /// 0-based index of the first film frame that shows it.
    public var filmFrame: Int
    /// When that is, in minutes, seconds and thousandths.
    public var time: String
    /// Where its pixels come from.
    public var source: String?
    /// Digest of its source bytes.
    public var digest: Digest
    /// Its thumbnail in ``ReportMedia``.
    public var picture: String?
  }

  /// A stretch of a film that is not generated.
  public struct Insert: Hashable, Sendable, Codable {
    /// `footage` or `still`.
    public var kind: String
    /// What people call it.
    public var label: String
    /// The file, or the keyframe's name.
    public var source: String
    /// 0-based film frame at which it begins.
    public var filmFrame: Int
    /// Film frames that it adds.
    public var frames: Int
    /// When it begins.
    public var time: String
    /// Its thumbnail in ``ReportMedia``.
    public var picture: String?
  }

  /// What happens between two neighbouring pieces.
  public struct Join: Hashable, Sendable, Codable {
    /// The piece before.
    public var left: String
    /// The piece after.
    public var right: String
    /// How they meet.
    public var kind: JoinKind
    /// 0-based film frame at which the later piece begins.
    public var filmFrame: Int
    /// When that is.
    public var time: String
    /// What is done, for people.
    public var treatment: String
    /// What was measured in the film; `nil` until it is.
    public var verdict: Verdict?

    /// What was measured around a join.
    public struct Verdict: Hashable, Sendable, Codable {
      /// Whether nothing is to be seen.
      public var isClean: Bool
      /// One sentence for people.
      public var summary: String
      /// The measured values.
      public var figures: [Figure]
      /// A strip of frames around the join in ``ReportMedia``.
      public var strip: String?

      /// A verdict with its figures.
      public init(isClean: Bool, summary: String, figures: [Figure] = [], strip: String? = nil) {
        self.isClean = isClean
        self.summary = summary
        self.figures = figures
        self.strip = strip
      }
    }

    /// One measured value.
    public struct Figure: Hashable, Sendable, Codable {
      /// What was measured.
      public var name: String
      /// The value with its unit, as people read it.
      public var value: String

      /// `value` of what `name` says.
      public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
      }
    }
  }
}
