import KeyreelCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads a profile and says in plain words what is wrong with it.
enum ProfileReader {
  /// The profile in `bytes`; errors name `file` and the field.
  static func profile(_ bytes: [UInt8], file: String) throws -> ModelProfile {
    let profile: ModelProfile
    do {
      profile = try JSONDecoder().decode(ModelProfile.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw broken(file, sentence(for: error), underlying: error)
    }
    if let complaint = ProfileRules.complaint(about: profile) { throw broken(file, complaint) }
    return profile
  }

  private static func broken(
    _ file: String, _ complaint: String, underlying: (any Error)? = nil
  ) -> OperationError {
    OperationError(
      .corrupt, "the model profile `\(file)` is broken: \(complaint)",
      remedy: "correct it; docs/models.md and schemas/model.schema.json describe the format",
      underlying: underlying)
  }

  private static func sentence(for error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "`\(path(context.codingPath + [key]))` is missing"
    case .typeMismatch(let type, let context):
      "`\(path(context.codingPath))` must be \(word(for: type))"
    case .valueNotFound(let type, let context):
      "`\(path(context.codingPath))` is null, but must be \(word(for: type))"
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      "it is not JSON"
    case .dataCorrupted(let context):
      "`\(path(context.codingPath))` is wrong: \(context.debugDescription)"
    @unknown default:
      "it cannot be understood"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += (text.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }

  private static func word(for type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a text"
    case is Int.Type: "a whole number"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is [String: Any].Type: "an object"
    case is [Any].Type: "a list"
    default: "something else"
    }
  }
}
