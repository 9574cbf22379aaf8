public import KeyreelCore
internal import SystemPackage

/// Who asks, and which server is asked: from the variables and files that Amazon's own tools read.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html>,
/// <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>
public struct S3Account: Sendable {
  let keyID: String
  let secret: String
  let sessionToken: String?
  let region: String
  /// The server's address, where it is not Amazon's.
  let endpoint: String?

  /// Reads `environment` and, by `read`, the files that it or its `HOME` names.
  ///
  /// `read` returns the text of the file at a path, or `nil` when there is none.
  public init(
    environment: [String: String], read: (String) -> String?
  ) throws(OperationError) {
    func variable(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    let home = variable("HOME") ?? ""
    let profile = variable("AWS_PROFILE", "AWS_DEFAULT_PROFILE") ?? "default"
    let credentials = ProfileText(
      read(variable("AWS_SHARED_CREDENTIALS_FILE") ?? "\(home)/.aws/credentials") ?? "")
    let config = ProfileText(read(variable("AWS_CONFIG_FILE") ?? "\(home)/.aws/config") ?? "")
    let section = credentials[profile].merging(
      config[profile == "default" ? profile : "profile \(profile)"]
    ) {
      own, _ in own
    }
    region = variable("AWS_REGION", "AWS_DEFAULT_REGION") ?? section["region"] ?? "us-east-1"
    endpoint = variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") ?? section["endpoint_url"]
    if variable("AWS_PROFILE") == nil, let keyID = variable("AWS_ACCESS_KEY_ID"),
      let secret = variable("AWS_SECRET_ACCESS_KEY")
    {
      (self.keyID, self.secret) = (keyID, secret)
      sessionToken = variable("AWS_SESSION_TOKEN")
    } else if let keyID = section["aws_access_key_id"],
      let secret = section["aws_secret_access_key"]
    {
      (self.keyID, self.secret) = (keyID, secret)
      sessionToken = section["aws_session_token"]
    } else {
      throw OperationError(
        .permissionDenied, "there are no credentials for S3 (profile \(profile))",
        remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
    }
    try check()
  }

  /// Throws for an endpoint that is no address, and for texts that no header takes.
  private func check() throws(OperationError) {
    if let endpoint, !["http://", "https://"].contains(where: endpoint.hasPrefix) {
      throw OperationError(
        .unsupported,
        "the endpoint for S3 is no address: it begins with neither https:// nor http://",
        remedy: "check AWS_ENDPOINT_URL")
    }
    let texts = [keyID, secret, sessionToken ?? "", region]
    guard texts.allSatisfy({ $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }) else {
      throw OperationError(
        .unsupported, "the credentials for S3 have characters that credentials do not have",
        remedy: "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION")
    }
  }
}

extension S3Account: CustomStringConvertible, CustomReflectable {
  /// Server and region; never the key.
  public var description: String { "\(endpoint ?? "Amazon S3") in \(region)" }

  /// Shows what the description does.
  public var customMirror: Mirror { Mirror(self, children: ["account": description]) }
}

/// The sections of a file of profiles: names in brackets, `key = value` below them.
struct ProfileText {
  private var sections: [String: [String: String]] = [:]

  init(_ text: String) {
    var name = ""
    for line in text.split(whereSeparator: \.isNewline) {
      guard let first = line.first, first != "#", first != ";" else { continue }
      if first == "[" {
        let inside = line.dropFirst().prefix { $0 != "]" }
        name = inside.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      } else if !first.isWhitespace, let equals = line.firstIndex(of: "=") {
        // Indented lines belong to nested settings, which nobody here reads.
        let key = Self.trimmed(line[..<equals]).lowercased()
        sections[name, default: [:]][key] = Self.trimmed(line[line.index(after: equals)...])
      }
    }
  }

  /// The settings of a section; none when there is no such section.
  subscript(name: String) -> [String: String] { sections[name] ?? [:] }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
