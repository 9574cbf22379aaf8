import FalProtocol
import KeyreelTesting
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The real `keyreel-serve` on free ports, over a data folder that may outlive its process.
///
/// It is killed when nobody refers to it any more.
final class ServerProcess: Sendable {
  /// The program under test: `KEYREEL_SERVE_BINARY`, or the one built beside the tests.
  static let program: FilePath = {
    if let named = getenv("KEYREEL_SERVE_BINARY") { return FilePath(String(cString: named)) }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(
      decoding: buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return FilePath(own).removingLastComponent().appending("keyreel-serve")
  }()

  /// The profile of a small model, beside those built in.
  private static let models = Checkout.root.appending("Tests/ServeEndToEnd/Python/models")

  /// How long a server may take until it listens, on a busy machine.
  private static let startLimit = Duration.seconds(180)

  /// Where its queue, files and keys are.
  let folder: ServerFolder
  /// What the ready file says: addresses by service.
  let urls: [String: String]
  /// What the ready file says: variables for clients.
  let environment: [String: String]
  private let child: ChildProcess

  /// Starts a server and returns when it listens; what it wrote is in the error when it does not.
  init(
    _ arguments: [String] = [], over folder: ServerFolder? = nil,
    environment: [String: String?] = [:]
  ) async throws {
    let folder = try folder ?? ServerFolder()
    let ready = folder.scratch.path.appending("ready-\(UInt64.random(in: 0 ... .max)).json")
    let ours: [String: String?] = [
      "FAL_KEY": nil, "KEYREEL_MODELS": Self.models.string,
      "XDG_CONFIG_HOME": folder.scratch.path.string,
      "HTTPS_PROXY": nil, "SSL_CERT_FILE": nil,
    ]
    let child = try ChildProcess(
      [
        Self.program.string, "--port", "0", "--data", folder.data.string, "--ready-file",
        ready.string,
      ] + arguments,
      environment: ours.merging(environment) { $1 }, limit: .seconds(3600))
    let text = try await Self.text(of: ready, from: child)
    let value = try JSONValue(parsing: text)
    self.folder = folder
    self.child = child
    urls = Self.words(value["urls"])
    self.environment = Self.words(value["env"])
  }

  /// The address of `service`: `queue`, `run`, `storage`, `media` or `platform`.
  func url(_ service: String) throws -> String {
    guard let url = urls[service] else {
      throw ServerFailure(description: "the ready file names no address of \(service)")
    }
    return url
  }

  /// A key that the server takes.
  var key: String { environment["FAL_KEY"] ?? "" }

  /// Whether it runs.
  var isRunning: Bool { child.isRunning }

  /// All that it wrote so far.
  var log: String { child.written }

  /// The process, for judges of its memory.
  var identifier: Int32 { child.identifier }

  /// Asks it to end, as a service manager does, and waits.
  @discardableResult
  func stop() async throws -> ChildProcess.Outcome {
    child.send(SIGTERM)
    return try await child.outcome()
  }

  /// Ends it without any warning.
  func kill() async throws {
    child.send(SIGKILL)
    _ = try await child.outcome()
  }

  /// Another server over the same data, after this one has ended.
  func restarted(_ arguments: [String] = []) async throws -> ServerProcess {
    try await ServerProcess(arguments, over: folder)
  }

  private static func text(of file: FilePath, from child: ChildProcess) async throws -> [UInt8] {
    let deadline = ContinuousClock.now + startLimit
    // The file appears in one step, so what is there is whole.
    while !TestFile.exists(file) {
      guard child.isRunning, ContinuousClock.now < deadline else {
        child.send(SIGKILL)
        throw ServerFailure(
          description: "the server did not come to listen; it wrote:\n\(child.written)")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    return try TestFile.read(file)
  }

  private static func words(_ value: JSONValue?) -> [String: String] {
    var words: [String: String] = [:]
    for member in value?.objectValue?.members ?? [] {
      words[member.key] = member.value.stringValue
    }
    return words
  }
}

/// A data folder for servers that come one after another, with room beside it for a test's own files.
final class ServerFolder: Sendable {
  /// All of it; removed with the last reference.
  let scratch: ScratchFolder

  /// Makes an empty one.
  init() throws { scratch = try ScratchFolder() }

  /// What `--data` names.
  var data: FilePath { scratch.path.appending("data") }

  /// A file of the test's own.
  func file(_ name: String) -> FilePath { scratch.path.appending(name) }
}

/// A server that did not do what its test needs.
struct ServerFailure: Error, CustomStringConvertible {
  /// What happened, with what the server wrote.
  let description: String
}
