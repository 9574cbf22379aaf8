/// How long files live and who may read them, as `X-Fal-Object-Lifecycle*` says in JSON.
public struct ObjectLifecycle: Hashable, Sendable {
  /// Life from now on; `nil` for the server's own rule.
  public var expiration: Duration?
  /// Who may read, as it was sent: `{"default": "forbid"}`.
  public var initialACL: JSONValue?

  /// A life of `expiration`.
  public init(expiration: Duration?, initialACL: JSONValue? = nil) {
    self.expiration = expiration
    self.initialACL = initialACL
  }

  /// Reads the header's value; `nil` when it is no JSON object or a life is no positive number.
  public init?(_ header: some StringProtocol) {
    guard header.utf8.count <= 4096, let value = try? JSONValue(parsing: Array(header.utf8)),
      value.objectValue != nil
    else { return nil }
    var expiration: Duration?
    if let life = value["expiration_duration_seconds"], !life.isNull {
      guard let seconds = life.doubleValue, seconds > 0, let duration = WireTime.duration(seconds)
      else { return nil }
      expiration = duration
    }
    self.init(expiration: expiration, initialACL: value["initial_acl"])
  }

  /// Whether readers without a signed address are refused.
  public var isPrivate: Bool {
    let word = initialACL?["default"]?.stringValue
    return word == "forbid" || word == "hide"
  }

  /// The header's value.
  public var header: String {
    var object = JSONObject()
    if let expiration {
      object["expiration_duration_seconds"] = .number(WireTime.seconds(expiration))
    }
    object["initial_acl"] = initialACL
    return JSONValue.object(object).text
  }
}
