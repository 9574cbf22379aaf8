import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A real server that speaks S3 (SeaweedFS), on free ports of this machine, with a folder of its own.
public final class ObjectServer: Sendable {
  /// The key that it knows.
  public static let keyID = "keyreel-test"
  /// The key's secret, which must appear nowhere.
  public static let secret = "canary-s3-secret-0815"

  /// The secret of somebody who may read everything and write below `clips/pull/` alone.
  public static let guestSecret = "canary-s3-guest-4711"

  /// Its address, `http://127.0.0.1:…`.
  public var endpoint: String { "http://127.0.0.1:\(ports[0])" }

  private let scratch: ScratchFolder
  private let ports: [Int]
  private let child = Locked<(process: ChildProcess, input: FileDescriptor)?>(nil)

  /// What points clients at it.
  public var environment: [String: String] {
    [
      "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": Self.keyID,
      "AWS_SECRET_ACCESS_KEY": Self.secret, "AWS_REGION": "us-east-1",
    ]
  }

  /// What points somebody at it who may read everything and write below `s3://clips/pull/` alone.
  public var guestEnvironment: [String: String] {
    environment.merging([
      "AWS_ACCESS_KEY_ID": "guest", "AWS_SECRET_ACCESS_KEY": Self.guestSecret,
    ]) { $1 }
  }

  /// Starts a server with empty disks; returns when it answers, with the bucket `clips`.
  public init() async throws {
    scratch = try ScratchFolder()
    ports = try Self.freePorts(8)
    try TestFile.write(
      """
      {"identities": [{"name": "test", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        "credentials": [{"accessKey": "\(Self.keyID)", "secretKey": "\(Self.secret)"}]},
       {"name": "guest", "actions": ["Read:clips", "List:clips", "Write:clips/pull/*"],
        "credentials": [{"accessKey": "guest", "secretKey": "\(Self.guestSecret)"}]}]}
      """, to: scratch.path.appending("s3.json"))
    try TestFile.makeFolders(scratch.path.appending("data"))
    try await start()
    try curl("-X", "PUT", "\(endpoint)/clips")
  }

  deinit { child.withLock { try? $0?.input.close() } }

  /// Ends it as a power failure would.
  public func kill() async throws {
    let running = child.withLock { child in
      defer { child = nil }
      return child
    }
    guard let running else { return }
    try running.input.close()
    _ = try await running.process.outcome()
  }

  /// Kills the server when the shell's input ends: with this object, or with the whole test process.
  public static let keeper = #"""
    exec 3<&0
    "$@" </dev/null 3<&- & server=$!
    (read line <&3; kill -9 $server) &
    wait $server
    """#

  /// Starts it on the disks that it has; returns when it answers.
  public func start() async throws {
    guard let program = Self.program else { throw ChildProcess.Failure(description: Self.absence) }
    let words =
      [
        "sh", "-c", Self.keeper, "sh", program, "-logtostderr=true", "server",
        "-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
        "-dir=\(scratch.path)/data", "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=256", "-volume.max=30", "-filer", "-s3",
        "-s3.config=\(scratch.path)/s3.json",
      ]
      + zip(
        [
          "s3.port", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
          "filer.port", "filer.port.grpc", "s3.port.grpc",
        ], ports
      ).map { "-\($0)=\($1)" }
    let (toServer, input) = try ClosedOnExec.pipe()
    defer { close(toServer) }
    let process = try ChildProcess(
      words, in: scratch.path, input: FileDescriptor(rawValue: toServer), limit: .seconds(3600))
    child.withLock { $0 = (process, FileDescriptor(rawValue: input)) }
    while process.isRunning {
      // Without a signature it answers 403 when it is ready; a read must succeed too.
      if (try? curl("\(endpoint)/")) != nil { return }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw ChildProcess.Failure(description: "SeaweedFS ended:\n\(process.written.suffix(2000))")
  }

  /// `weed` of the tests' Python packages, or of the system; `nil` when there is none.
  private static let program: String? = {
    let own = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending(".venv/bin")
    let folders = getenv("PATH").map { String(cString: $0).split(separator: ":") } ?? []
    return ([own] + folders.map { FilePath(String($0)) }).lazy
      .map { $0.appending("weed").string }.first { access($0, X_OK) == 0 }
  }()

  /// Why tests that need it do not run.
  public static let absence =
    "SKIPPED: no S3 server was tested, because SeaweedFS (weed) is missing; run scripts/setup --tests"

  /// Whether tests that need it are to run: where it is installed, and on build servers always.
  ///
  /// Says loudly, once, when they are not; a build server without it fails instead.
  public static let isWanted: Bool = {
    if program != nil || getenv("CI") != nil { return true }
    _ = try? FileDescriptor.standardError.writeAll(Array("\n*** \(absence) ***\n\n".utf8))
    return false
  }()

  /// Whether somebody sends a file in parts and has not ended.
  public func hasUnfinishedUpload() async throws -> Bool {
    try curl("\(endpoint)/clips?uploads=").contains("<UploadId>")
  }

  @discardableResult
  private func curl(_ words: String...) throws -> String {
    try ChildProcess.run(
      [
        "curl", "-sSf", "--max-time", "20", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
        "\(Self.keyID):\(Self.secret)",
      ] + words
    ).output
  }

  /// Ports that nobody listens on now.
  public static func freePorts(_ count: Int) throws -> [Int] {
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    return try (0..<count).map { _ in
      let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      sockets.append(socket)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          bind(socket, pointer, size) == 0 ? getsockname(socket, pointer, &size) : -1
        }
      }
      guard result == 0 else { throw Errno(rawValue: errno) }
      return Int(UInt16(bigEndian: address.sin_port))
    }
  }
}
