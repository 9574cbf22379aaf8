import SystemPackage
import Testing

@Suite("The server's outside", .serialized)
struct NetworkTests {
  @Test(
    "TLS, the proxy, webhooks, signals, keys, limits and metrics are as the guide says",
    .timeLimit(.minutes(10)))
  func network() async throws {
    try await PythonScript.run("network_suite.py", [ServerProcess.program.string])
  }
}
