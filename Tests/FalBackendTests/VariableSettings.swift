import FalBackend
import SystemPackage

extension FalSettings {
  /// The settings that a server's ready file names, as `keyreel` reads them from its environment.
  init(variables: [String: String]) throws {
    try self.init(
      key: Secret(variables["FAL_KEY"] ?? ""),
      addresses: try FalAddresses(variables: variables).services)
    certificateFile = variables["SSL_CERT_FILE"].map { FilePath($0) }
  }
}
