internal import FalServer
internal import SystemPackage

extension StartCommand {
  /// What people are told when the server listens; `keyFile` is where the key is, if not in the environment.
  func announcement(_ server: RunningServer, keyFile: FilePath?) -> [String] {
    var lines = [
      "Serving fal's first/last-frame endpoints at \(server.base)",
      "  playground  \(server.base)/",
      "  key         \(keyFile.map { "in \($0) (FAL_KEY)" } ?? "FAL_KEY of the environment")",
    ]
    if let proxy = server.proxy { lines.append("  proxy       \(proxy) for fal's hosts") }
    if let file = server.certificateFile { lines.append("  trust       \(file) (SSL_CERT_FILE)") }
    if let readyFile { lines.append("  variables   in \(readyFile)") }
    if let faults { lines.append("warning: faults are rehearsed as \(faults) says") }
    if !isLocal {
      let isPlain = !server.base.hasPrefix("https://")
      lines.append(
        "warning: other machines reach this server"
          + (isPlain ? ", and it speaks plain http: keys can be read on the way" : ""))
    }
    if allowPrivateImages || allowPrivateWebhooks {
      lines.append("warning: whoever has a key can have this server call private addresses")
    }
    return lines + ["Stop it with Ctrl-C."]
  }

  /// Whether only this machine reaches the server.
  private var isLocal: Bool {
    listen == "localhost" || listen == "::1" || listen.hasPrefix("127.")
  }
}
