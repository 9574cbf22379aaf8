public import KeyreelCore

/// The input of an endpoint as its profile describes it: fields in order, with their rules.
///
/// Required parameters come first, then the two pictures, then all other parameters; mistakes are
/// told, documents list and inputs are completed in this order.
public struct InputForm: Sendable {
  /// The endpoint's profile.
  public let profile: ModelProfile
  /// All fields in order.
  public let fields: [Field]

  /// One field of the input.
  public enum Field: Hashable, Sendable {
    /// The first or the last picture: an address or a data URI.
    case picture(name: String, isFirst: Bool)
    /// Any other input.
    case parameter(ModelProfile.Parameter)

    /// The field's name.
    public var name: String {
      switch self {
      case .picture(let name, _): name
      case .parameter(let parameter): parameter.name
      }
    }

    /// Whether an input must have it.
    public var isRequired: Bool {
      switch self {
      case .picture: true
      case .parameter(let parameter): parameter.isRequired == true
      }
    }
  }

  /// The form of `profile`'s endpoint.
  public init(_ profile: ModelProfile) {
    self.profile = profile
    let required = profile.parameters.filter { $0.isRequired == true }
    let optional = profile.parameters.filter { $0.isRequired != true }
    fields =
      required.map(Field.parameter)
      + [
        .picture(name: profile.pictures.first, isFirst: true),
        .picture(name: profile.pictures.last, isFirst: false),
      ] + optional.map(Field.parameter)
  }
}

/// An input that keeps all rules of its endpoint.
public struct ValidatedInput: Hashable, Sendable {
  /// The inputs beside the pictures, with defaults filled in, in the profile's order.
  public var request: ModelRequest
  /// The first picture: an address or a data URI.
  public var firstPicture: String
  /// The last picture: an address or a data URI.
  public var lastPicture: String

  /// An input of these parts.
  public init(request: ModelRequest, firstPicture: String, lastPicture: String) {
    self.request = request
    self.firstPicture = firstPicture
    self.lastPicture = lastPicture
  }

  /// The whole input as one JSON object, in the order of `form`.
  public func json(in form: InputForm) -> JSONValue {
    var members: [(String, JSONValue)] = []
    for field in form.fields {
      switch field {
      case .picture(let name, let isFirst):
        members.append((name, .string(isFirst ? firstPicture : lastPicture)))
      case .parameter(let parameter):
        if let value = request[parameter.name] {
          members.append((parameter.name, JSONValue(value)))
        }
      }
    }
    return .object(JSONObject(members))
  }
}

/// All mistakes of an input, told together.
public struct InputFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The mistakes, in the order of the form's fields; never empty.
  public var details: [ErrorDetail]

  /// These mistakes.
  public init(_ details: [ErrorDetail]) { self.details = details }

  /// The answer's body; its status is 422.
  public var body: ErrorBody { .details(details) }

  /// The places and words of all mistakes.
  public var description: String { body.message }
}
