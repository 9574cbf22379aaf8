/// A failure of the world (a file, a disk, a codec, a server), told so that a person can act on it.
public struct OperationError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it is; open, so that rooms may add their own.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// A stable kebab-case word.
    public let description: String

    /// A code named by a stable kebab-case word.
    public init(_ word: String) { description = word }

    /// The file, folder or object is not there.
    public static let notFound = Code("not-found")
    /// Rights are missing.
    public static let permissionDenied = Code("permission-denied")
    /// The disk or a quota is full.
    public static let diskFull = Code("disk-full")
    /// Any other failed read or write.
    public static let inputOutput = Code("input-output")
    /// The bytes are not what they should be.
    public static let corrupt = Code("corrupt")
    /// The input is sound but not supported.
    public static let unsupported = Code("unsupported")
    /// Someone else holds what is needed.
    public static let busy = Code("busy")
    /// The store was written by a newer version.
    public static let newerVersion = Code("newer-version")
    /// A ticket that its backend no longer knows.
    public static let ticketLost = Code("ticket-lost")
    /// A request was sent and nobody knows whether it was accepted; it is never sent again by itself.
    public static let unknownSubmission = Code("unknown-submission")
    /// The maker ended an accepted request without a clip; backends throw it from `collect`.
    public static let generationFailed = Code("generation-failed")
    /// The maker does not take the account's key.
    public static let badKey = Code("bad-key")
    /// The maker has locked the account, usually for want of money.
    public static let accountLocked = Code("account-locked")
    /// The maker takes no further request for now.
    public static let tooManyRequests = Code("too-many-requests")
    /// The maker or its model refused this input, definitely.
    public static let generationRefused = Code("generation-refused")
    /// A segment is locked, and its clip is not in the store.
    public static let lockedClipMissing = Code("locked-clip-missing")
    /// Stopped on request.
    public static let interrupted = Code("interrupted")
    /// What was made is not what was planned.
    public static let verificationFailed = Code("verification-failed")
    /// More bytes than allowed.
    public static let tooLarge = Code("too-large")
    /// The network or a server failed.
    public static let network = Code("network")
  }

  /// What kind of failure it is.
  public let code: Code
  /// A sentence that names the file or object, without a full stop.
  public let message: String
  /// What to do about it, as a sentence without a full stop.
  public let remedy: String?
  /// Whether doing the same again may succeed.
  public let isRetryable: Bool
  /// The error below, for the log.
  public let underlying: (any Error)?

  /// A failure told in `message`, with what to do in `remedy`.
  public init(
    _ code: Code, _ message: String, remedy: String? = nil, isRetryable: Bool = false,
    underlying: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.isRetryable = isRetryable
    self.underlying = underlying
  }

  /// Whether everything that is not asked for yet has to wait for a person: the key or the account.
  public var stopsAsking: Bool { code == .badKey || code == .accountLocked }

  /// The message and, behind a dash, the remedy.
  public var description: String {
    remedy.map { "\(message) – \($0)" } ?? message
  }
}
