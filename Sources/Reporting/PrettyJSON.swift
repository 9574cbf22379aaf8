import KeyreelCore

/// Lays canonical JSON out for people and diffs: two spaces, one member a line.
enum PrettyJSON {
  /// The text of `json`, which has no white space outside strings, with a line end at the end.
  static func indented(_ json: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(json.count * 2)
    var depth = 0
    var isText = false
    var isEscaped = false
    func newLine(_ result: inout [UInt8]) {
      result.append(UInt8(ascii: "\n"))
      result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
    for (index, byte) in json.enumerated() {
      if isText {
        result.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        result.append(byte)
        depth += 1
        if !closes(json, at: index + 1) { newLine(&result) }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if !opens(json, at: index - 1) { newLine(&result) }
        result.append(byte)
      case UInt8(ascii: ","):
        result.append(byte)
        newLine(&result)
      case UInt8(ascii: ":"):
        result.append(contentsOf: ": ".utf8)
      default:
        if byte == UInt8(ascii: "\"") { isText = true }
        result.append(byte)
      }
    }
    result.append(UInt8(ascii: "\n"))
    return result
  }

  private static func closes(_ json: [UInt8], at index: Int) -> Bool {
    json.indices.contains(index)
      && (json[index] == UInt8(ascii: "}") || json[index] == UInt8(ascii: "]"))
  }

  private static func opens(_ json: [UInt8], at index: Int) -> Bool {
    json.indices.contains(index)
      && (json[index] == UInt8(ascii: "{") || json[index] == UInt8(ascii: "["))
  }
}
