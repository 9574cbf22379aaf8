public import KeyreelCore
public import SystemPackage

/// One request and what is to be done with its answer.
public struct HTTPCall: Sendable {
  /// The method.
  public enum Method: String, Sendable {
    /// Reads; may be repeated.
    case get = "GET"
    /// Asks whether there is something to read.
    case head = "HEAD"
    /// Submits; never repeated by this library.
    case post = "POST"
    /// Stores or cancels.
    case put = "PUT"
    /// Removes.
    case delete = "DELETE"
  }

  /// The method.
  public var method: Method
  /// An absolute address.
  public var url: String
  /// Names and values, sent as they are.
  public var headers: [(name: String, value: String)]
  /// What is sent; `nil` for a request without a body.
  public var body: [UInt8]?
  /// Where the answer's body goes; into the answer when `nil`.
  public var destination: FilePath?
  /// Whether that file is forced to the disk; not needed where somebody does so later.
  public var forcesFile = true
  /// The most bytes that a successful answer may have; of others the first 64 KiB are kept.
  public var maximumBytes: Int
  /// For all of the call.
  public var timeout: Duration
  /// For a stretch in which nothing arrives.
  public var stallTimeout: Duration
  /// Who signs it, where the server wants that.
  public var signature: RequestSignature?

  /// A call of `url` with patient limits and answers of at most 4 MiB.
  public init(
    _ method: Method, _ url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, destination: FilePath? = nil, maximumBytes: Int = 4 << 20,
    timeout: Duration = .seconds(120), stallTimeout: Duration = .seconds(60)
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.destination = destination
    self.maximumBytes = maximumBytes
    self.timeout = timeout
    self.stallTimeout = stallTimeout
  }
}

extension HTTPCall: CustomStringConvertible, CustomReflectable {
  /// Method and address; headers may hold secrets.
  public var description: String { "\(method.rawValue) \(url)" }

  /// Shows what the description does.
  public var customMirror: Mirror { Mirror(self, children: ["call": description]) }
}

/// What a server answered.
public struct HTTPAnswer: Sendable {
  /// The status code, 100 to 599.
  public var status: Int
  /// Names in lower case, and values, in the order of the answer.
  public var headers: [(name: String, value: String)]
  /// The body, unless it went to a file or to a reader.
  public var body: [UInt8]
  /// The body's bytes, wherever they went.
  public var byteCount: Int
  /// Digest of the body, where it went to a file.
  public var digest: Digest?

  /// The first value of the header `name`, given in lower case.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// Whether the status is 200 to 299.
  public var isSuccess: Bool { (200..<300).contains(status) }
}

/// Why a call got no whole answer, and whether the server may have acted on it all the same.
public struct HTTPFailure: Error, Sendable {
  /// Whether bytes of the request's body (of the request, when it has none) were handed to the network.
  ///
  /// When `false`, the server provably saw no whole request.
  public var mayHaveArrived: Bool
  /// What went wrong.
  public var error: OperationError

  /// A call that failed with `error`.
  public init(mayHaveArrived: Bool, error: OperationError) {
    self.mayHaveArrived = mayHaveArrived
    self.error = error
  }
}
