public import KeyreelCore

/// One line of a request's log.
public struct LogLine: Hashable, Sendable {
  /// How much a line matters; one official client knows no other words.
  public enum Level: String, Hashable, Sendable, Codable, CaseIterable {
    /// For finding faults.
    case debug = "DEBUG"
    /// What is going on.
    case info = "INFO"
    /// Something looks wrong.
    case warn = "WARN"
    /// Something is wrong.
    case error = "ERROR"
    /// Printed by the model.
    case stdout = "STDOUT"
    /// Printed by the model as an error.
    case stderr = "STDERR"
  }

  /// What it says.
  public var message: String
  /// When, as RFC 3339 text: `2026-02-17T10:30:01.123Z`.
  public var timestamp: String
  /// How much it matters.
  public var level: Level

  /// A line written at `timestamp`, RFC 3339.
  public init(_ message: String, timestamp: String, level: Level = .info) {
    self.message = message
    self.timestamp = timestamp
    self.level = level
  }

  /// Reads a line; what is missing is empty, an unknown level is taken as information.
  public init(decoding value: JSONValue) {
    let level = value["labels"]?["level"]?.stringValue ?? value["level"]?.stringValue
    self.init(
      value["message"]?.stringValue ?? value.stringValue ?? "",
      timestamp: value["timestamp"]?.stringValue ?? "",
      level: level.flatMap { Level(rawValue: $0.uppercased()) } ?? .info)
  }

  /// Writes the form that all official clients read: the level twice, a source, labels.
  public func write(to text: inout JSONText) {
    text.object { text in
      text.key("message")
      text.value(message)
      text.key("timestamp")
      text.value(timestamp)
      text.key("level")
      text.value(level.rawValue)
      text.key("source")
      text.value("USER")
      text.key("labels")
      text.object {
        $0.key("level")
        $0.value(level.rawValue)
      }
    }
  }
}
