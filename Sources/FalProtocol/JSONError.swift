/// Why bytes are not JSON, with the place.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with the text.
  public enum Reason: String, Hashable, Sendable {
    /// A value should begin here.
    case expectedValue = "Expecting value"
    /// A quoted key should begin here.
    case expectedKey = "Expecting property name enclosed in double quotes"
    /// A colon should stand here.
    case expectedColon = "Expecting ':' delimiter"
    /// A comma or the closing bracket should stand here.
    case expectedComma = "Expecting ',' delimiter"
    /// The text goes on behind its value.
    case extraData = "Extra data"
    /// The string that begins here has no end.
    case unterminatedString = "Unterminated string starting at"
    /// A control character stands in a string.
    case controlCharacter = "Invalid control character at"
    /// A backslash is not followed by one of JSON's escapes.
    case invalidEscape = "Invalid \\escape"
    /// `\u` is not followed by four hexadecimal digits.
    case invalidUnicodeEscape = "Invalid \\uXXXX escape"
    /// Half a surrogate pair stands alone.
    case loneSurrogate = "Lone surrogate"
    /// The bytes are not UTF-8.
    case invalidUTF8 = "Invalid UTF-8"
    /// Brackets are nested deeper than allowed.
    case tooDeep = "Nested too deeply"
    /// The text has more bytes than allowed.
    case tooLarge = "Text too large"
    /// A number has more digits than allowed.
    case numberTooLong = "Number too long"
  }

  /// What is wrong with the text.
  public var reason: Reason
  /// 0-based byte offset.
  public var offset: Int

  /// `reason` at 0-based byte `offset`.
  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// The reason and the offset.
  public var description: String { "\(reason.rawValue), at byte \(offset)" }
}

/// How much JSON is taken.
public struct JSONLimits: Hashable, Sendable {
  /// Brackets inside one another.
  public var depth: Int
  /// Bytes of the whole text.
  public var bytes: Int
  /// Characters of one number; Python refuses whole numbers of more than 4,300 digits.
  public var digits: Int

  /// Limits on depth, size and numbers.
  public init(depth: Int = 64, bytes: Int = 64 << 20, digits: Int = 4300) {
    self.depth = depth
    self.bytes = bytes
    self.digits = digits
  }

  /// 64 levels, 64 MiB, 4,300 digits.
  public static let standard = JSONLimits()
}
