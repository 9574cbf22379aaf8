public import KeyreelCore

/// One mistake in an input, or one reason why a model gave no output.
public struct ErrorDetail: Hashable, Sendable {
  /// One step of the way to the faulty value.
  public enum Step: Hashable, Sendable {
    /// A member's name.
    case key(String)
    /// A 0-based element, or an offset in bytes.
    case index(Int)
  }

  /// The way to the faulty value, beginning with `body`.
  public var location: [Step]
  /// A sentence for people.
  public var message: String
  /// A stable word: `missing`, `image_load_error`.
  public var type: String
  /// Figures that belong to the type: `{"ge": 30}`.
  public var context: JSONValue?
  /// The faulty value, or the whole object for a missing member.
  public var input: JSONValue?

  /// A mistake of `type` at `location`.
  public init(
    _ type: String, _ message: String, at location: [Step], context: JSONValue? = nil,
    input: JSONValue? = nil
  ) {
    self.type = type
    self.message = message
    self.location = location
    self.context = context
    self.input = input
  }

  /// A mistake of `type` in the input's field `field`.
  public init(
    _ type: String, _ message: String, field: String, context: JSONValue? = nil,
    input: JSONValue? = nil
  ) {
    self.init(
      type, message, at: [.key("body"), .key(field)], context: context, input: input)
  }

  /// The page that explains the type.
  public var url: String { "https://docs.fal.ai/errors#\(type)" }

  /// The way to the faulty value with dots: `body.image_url`.
  public var path: String {
    location.map { step in
      switch step {
      case .key(let key): key
      case .index(let index): String(index)
      }
    }
    .joined(separator: ".")
  }

  /// Writes the mistake.
  public func write(to text: inout JSONText) {
    text.object { text in
      text.key("loc")
      text.array { text in
        for step in location {
          switch step {
          case .key(let key): text.value(key)
          case .index(let index): text.value(index)
          }
        }
      }
      text.key("msg")
      text.value(message)
      text.key("type")
      text.value(type)
      text.key("url")
      text.value(url)
      if let context {
        text.key("ctx")
        context.write(to: &text)
      }
      if let input {
        text.key("input")
        input.write(to: &text)
      }
    }
  }

  /// Reads a mistake; whatever is missing is empty.
  public init(decoding value: JSONValue) {
    let location: [Step] = (value["loc"]?.arrayValue ?? []).compactMap { step in
      step.stringValue.map(Step.key) ?? step.intValue.map(Step.index)
    }
    self.init(
      value["type"]?.stringValue ?? "", value["msg"]?.stringValue ?? value.stringValue ?? "",
      at: location, context: value["ctx"], input: value["input"])
  }
}
