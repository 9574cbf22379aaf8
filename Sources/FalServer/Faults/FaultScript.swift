public import KeyreelCore

/// What a server is to do wrong, for drills: which calls are hit, and how.
///
/// For one seed and one order of calls it plays the same faults every time.
public struct FaultScript: Sendable, Hashable {
  /// Where the draws of chances and delays begin.
  public var seed: UInt64
  /// The faults, in the order in which they are looked at.
  public var faults: [Fault]

  /// A script of `faults`.
  public init(seed: UInt64 = 0, faults: [Fault]) {
    self.seed = seed
    self.faults = faults
  }
}

/// One fault of a script: where it may strike, when it does, and what happens.
public struct Fault: Sendable, Hashable {
  /// A kind of call, or the work on a job.
  public enum Place: String, Sendable, Hashable, CaseIterable {
    /// A submission to the queue.
    case submit
    /// A synchronous run.
    case run
    /// A question for a request's state, streams included.
    case status
    /// A question for a result.
    case result
    /// A cancellation.
    case cancel
    /// A call that brings a file, or prepares it.
    case upload
    /// A file that is fetched.
    case download
    /// Prices, requests, bills.
    case platform
    /// The work on a job.
    case work

    /// Whether calls there bring new jobs.
    public var bringsJobs: Bool { self == .submit || self == .run }

    /// Whether calls there name an endpoint.
    public var hasEndpoint: Bool {
      switch self {
      case .submit, .run, .status, .result, .cancel, .work: true
      case .upload, .download, .platform: false
      }
    }
  }

  /// What people call it; in the log.
  public var name: String
  /// Where it may strike.
  public var place: Place
  /// The endpoint it is limited to; calls that name its application alone are meant too.
  public var endpoint: String?
  /// Which of the calls there it hits.
  public var choice: FaultChoice
  /// What happens.
  public var action: FaultAction

  /// A fault that strikes at `place`.
  public init(
    name: String, at place: Place, endpoint: String? = nil, choice: FaultChoice = FaultChoice(),
    action: FaultAction
  ) {
    self.name = name
    self.place = place
    self.endpoint = endpoint
    self.choice = choice
    self.action = action
  }
}

/// Which of the calls that a fault looks at are hit; conditions add up, and without any it is all.
public struct FaultChoice: Sendable, Hashable {
  /// These calls, counted from 1; empty means any.
  public var nth: [Int]
  /// Every so many-th call.
  public var every: Int?
  /// A chance from 0 to 1.
  public var probability: Double?
  /// At most so many in all.
  public var count: Int?
  /// Only while so many jobs, or more, wait or run.
  public var inFlight: Int?

  /// The calls for which all that is given holds.
  public init(
    nth: [Int] = [], every: Int? = nil, probability: Double? = nil, count: Int? = nil,
    inFlight: Int? = nil
  ) {
    self.nth = nth
    self.every = every
    self.probability = probability
    self.count = count
    self.inFlight = inFlight
  }
}

/// What happens to a call or a job.
public enum FaultAction: Sendable, Hashable {
  /// It takes longer.
  case delay(FaultDelay)
  /// It is answered with an error, before or after it was carried out.
  case answer(FaultAnswer)
  /// The connection is reset; with `isCarriedOut` only the answer is lost.
  case reset(isCarriedOut: Bool)
  /// The answer's body comes at so many bytes a second.
  case slow(bytesPerSecond: Int)
  /// The connection ends after so many bytes of the answer's body.
  case truncate(afterBytes: Int)
  /// The file is not there any longer.
  case expired
  /// The model refuses the content, with this type of mistake.
  case refuse(type: String)
  /// The job ends with an error of the server.
  case fail(status: Int, type: String)
  /// The clip has so many frames more, or fewer, than asked for.
  case frames(difference: Int)
  /// The clip is of another size.
  case size(PixelSize)
  /// The job goes on for ever, until it is cancelled.
  case neverEnds
  /// The job is charged at the worst price of its model's profile.
  case worstBill
}

/// An error that a fault answers with.
public struct FaultAnswer: Sendable, Hashable {
  /// The status, 400 to 599.
  public var status: Int
  /// The header `Retry-After`, in seconds.
  public var retryAfter: Int?
  /// Whether the call is carried out before.
  public var isCarriedOut: Bool
  /// Whether it is a gateway's page, and not the service's own JSON.
  public var isGateway: Bool

  /// An answer of `status`.
  public init(
    status: Int, retryAfter: Int? = nil, isCarriedOut: Bool = false, isGateway: Bool = false
  ) {
    self.status = status
    self.retryAfter = retryAfter
    self.isCarriedOut = isCarriedOut
    self.isGateway = isGateway
  }
}
