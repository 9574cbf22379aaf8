import SystemPackage
import Testing

@Suite("From outside the server is what it promises to be")
struct NetworkTests {
  @Test("TLS, the proxy, webhooks, signals, keys, limits and metrics hold")
  func network() async throws {
    try await PythonScript.run("network_suite.py", [ServerProcess.program.string])
  }
}
