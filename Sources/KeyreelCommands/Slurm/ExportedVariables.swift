/// The variables that jobs on other machines get: by name, and no others.
///
/// Their values never stand in a job's script, name or comment; Slurm keeps them with the job until it
/// ends, as it does for all jobs.
enum ExportedVariables {
  private static let prefixes = ["AWS_", "FAL_", "KEYREEL_"]

  private static let names: Set<String> = [
    "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SSL_CERT_FILE", "TZ", "USER",
    "XDG_CONFIG_HOME", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy",
    "https_proxy", "no_proxy", "all_proxy",
  ]

  /// The store is told by a flag.
  private static let told: Set<String> = ["KEYREEL_STORE"]

  /// Those of `environment` that are handed on, sorted.
  static func names(in environment: [String: String]) -> [String] {
    environment.keys.filter { name in
      !told.contains(name) && (names.contains(name) || prefixes.contains(where: name.hasPrefix))
    }.sorted()
  }
}
