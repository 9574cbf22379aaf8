/// Breaks compact JSON into lines, so that a committed file diffs well.
enum JSONIndentation {
  /// The same JSON with one member or item a line; short lists and objects of scalars stay on one.
  static func indent(_ json: String) -> String {
    var reader = Reader(bytes: Array(json.utf8))
    var output: [UInt8] = []
    reader.value(into: &output, depth: 0)
    return String(decoding: output, as: UTF8.self)
  }

  private struct Reader {
    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func value(into output: inout [UInt8], depth: Int) {
      switch bytes[index] {
      case UInt8(ascii: "{"): group(into: &output, depth, close: UInt8(ascii: "}"))
      case UInt8(ascii: "["): group(into: &output, depth, close: UInt8(ascii: "]"))
      case UInt8(ascii: "\""): string(into: &output)
      default:
        while index < bytes.count, !",]}".utf8.contains(bytes[index]) {
          output.append(bytes[index])
          index += 1
        }
      }
    }

    private mutating func group(into output: inout [UInt8], _ depth: Int, close: UInt8) {
      let open = bytes[index]
      index += 1
      var members: [[UInt8]] = []
      while bytes[index] != close {
        if bytes[index] == UInt8(ascii: ",") { index += 1 }
        var member: [UInt8] = []
        value(into: &member, depth: depth + 1)
        if bytes[index] == UInt8(ascii: ":") {
          index += 1
          member.append(contentsOf: ": ".utf8)
          value(into: &member, depth: depth + 1)
        }
        members.append(member)
      }
      index += 1
      let length = members.reduce(2 * depth) { $0 + $1.count + 2 }
      let isShort = length < 90 && !members.contains { $0.contains(10) }
      let lineBreak = isShort ? [] : [10] + [UInt8](repeating: 32, count: 2 * depth + 2)
      output.append(open)
      for (index, member) in members.enumerated() {
        output += (isShort && index > 0 ? [32] : lineBreak) + member
        if index < members.count - 1 { output.append(UInt8(ascii: ",")) }
      }
      if !isShort { output += [10] + [UInt8](repeating: 32, count: 2 * depth) }
      output.append(close)
    }

    private mutating func string(into output: inout [UInt8]) {
      repeat {
        if bytes[index] == UInt8(ascii: "\\") {
          output.append(bytes[index])
          index += 1
        }
        output.append(bytes[index])
        index += 1
      } while bytes[index] != UInt8(ascii: "\"")
      output.append(bytes[index])
      index += 1
    }
  }
}
