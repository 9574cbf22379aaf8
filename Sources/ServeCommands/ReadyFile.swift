internal import FalServer
internal import KeyreelCore
internal import SystemPackage

/// What `--ready-file` holds: where the server listens, and the variables that point clients there.
struct ReadyFile {
  let server: RunningServer

  /// The file's text, one member a line.
  var text: JSONText {
    var text = JSONText(indentedWithCapacity: 1024)
    text.object { text in
      text.key("urls")
      text.object { text in
        for (name, url) in urls {
          text.key(name)
          text.value(url)
        }
      }
      text.key("env")
      text.object { text in
        for (name, value) in environment {
          text.key(name)
          text.value(value)
        }
      }
    }
    text.endLine()
    return text
  }

  private var urls: [(String, String)] {
    [
      ("queue", "\(server.base)/queue"), ("run", "\(server.base)/run"),
      ("storage", "\(server.base)/storage"), ("media", "\(server.base)/media"),
      ("platform", "\(server.base)/platform"),
      // Behind the hash a browser keeps the key to itself.
      ("playground", "\(server.base)/#key=\(server.key)"),
    ]
  }

  /// Hosts without a scheme mean https, as fal's clients have it; plain http is keyreel's own addition.
  private var environment: [(String, String)] {
    let prefix = server.base.hasPrefix("https://") ? "https://" : ""
    let host = server.base.dropFirst(prefix.count)
    var variables = [
      ("FAL_KEY", server.key), ("FAL_RUN_HOST", "\(host)/run"),
      ("FAL_QUEUE_RUN_HOST", "\(host)/queue"), ("FAL_STORAGE_HOST", "\(host)/storage"),
      ("FAL_MEDIA_HOST", "\(host)/media"),
      ("FAL_PLATFORM_HOST", "\(host)/platform"),
    ]
    if let proxy = server.proxy {
      variables += [("HTTPS_PROXY", proxy), ("NO_PROXY", "127.0.0.1,localhost,::1")]
    }
    if let authority = server.certificateFile {
      variables.append(("SSL_CERT_FILE", authority.string))
    }
    return variables
  }
}
