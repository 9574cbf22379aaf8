import SystemPackage
import Testing

@Suite("From outside the server is what it promises to be")
struct NetworkTests {
  @Test(
    "TLS and the proxy, starts and stops, webhooks, and limits hold",
    arguments: ["tls", "lifecycle", "webhook", "limits"])
  func network(_ name: String) async throws {
    try await PythonScript.run("\(name)_suite.py", [ServerProcess.program.string])
  }
}
