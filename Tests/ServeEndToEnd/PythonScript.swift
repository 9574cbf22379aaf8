import KeyreelTesting
import SystemPackage
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The scripts of the folder `Python`, which play clients of the server; they tell each case in a line.
enum PythonScript {
  /// Whether the long forms of the tests are wanted (`make torture`).
  static let isTorture = getenv("KEYREEL_TORTURE") != nil

  /// Runs the script `name` to its end; all that it wrote is told when it ends with anything but 0.
  static func run(
    _ name: String, _ arguments: [String], environment: [String: String] = [:],
    limit: Duration = .seconds(900)
  ) async throws {
    let script = Checkout.root.appending("Tests/ServeEndToEnd/Python").appending(name)
    // No caches beside the sources, and no connection of the machine's own proxies.
    let ours: [String: String?] = [
      "PYTHONDONTWRITEBYTECODE": "1", "FAL_KEY": nil, "HTTP_PROXY": nil, "HTTPS_PROXY": nil,
      "http_proxy": nil, "https_proxy": nil, "ALL_PROXY": nil, "all_proxy": nil,
    ]
    let variables = ours.merging(environment.mapValues { Optional($0) }) { $1 }
    let child = try ChildProcess(
      [Checkout.python, script.string] + arguments, environment: variables, limit: limit)
    let outcome = try await child.outcome()
    #expect(outcome.status == 0, "\(name):\n\(outcome)")
  }
}
