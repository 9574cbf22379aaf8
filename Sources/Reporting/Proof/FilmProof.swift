public import KeyreelCore

/// What was found when a film was held against its manifest, its clips and its sources.
public struct FilmProof: Sendable {
  /// Something that is not as it should be.
  public struct Finding: Hashable, Sendable {
    /// A stable kebab-case word: `bytes`, `frames`, `copy`, `clip-gone`.
    public var code: String
    /// One sentence without a full stop that names the file.
    public var message: String
    /// 0-based film frame where there is one.
    public var frame: Int?
    /// What people call the piece where there is one.
    public var piece: String?

    /// What is wrong, told in `message`.
    public init(_ code: String, _ message: String, frame: Int? = nil, piece: String? = nil) {
      self.code = code
      self.message = message
      self.frame = frame
      self.piece = piece
    }
  }

  /// What became of something that was made of the film beside it.
  public enum CompanionState: String, Hashable, Sendable {
    /// Every byte is there.
    case same
    /// It is another file.
    case changed
    /// Nothing is there, so nothing was looked at.
    case gone
  }

  /// The film as the user named it.
  public var film: String
  /// Where its manifest was found.
  public var manifest: String?
  /// The libraries that made it.
  public var encoder: String?
  /// Frames found; `nil` when they could not be counted.
  public var frames: Int?
  /// Frames that were decoded.
  public var decoded = 0
  /// Clips that are in the store with every byte; `nil` when none was looked at.
  public var clips: Int?
  /// Film frames whose packets were compared with their clips'.
  public var compared = 0
  /// The joins, measured again.
  public var joins: [JoinVerdict] = []
  /// What was made beside the film: path and state.
  public var companions: [(path: String, state: CompanionState)] = []
  /// What is wrong; empty when nothing is.
  public var findings: [Finding] = []
  /// What was not looked at, and why.
  public var notes: [String] = []

  /// Nothing is known yet of `film`.
  public init(film: String) { self.film = film }

  /// What it means for the caller: 7 when something is wrong, 4 when only clips or sources are gone.
  public var status: ExitStatus {
    if findings.isEmpty { return .success }
    return findings.allSatisfy { $0.code.hasSuffix("-gone") } ? .overBudget : .verificationFailed
  }
}
