import FalProtocol
import Foundation
import KeyreelCore
import Testing

/// Files beside the tests, and the profiles of the repository.
enum Fixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
  static let repository = folder.deletingLastPathComponent().deletingLastPathComponent()

  static func json(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appending(path: path))))
  }

  static func profile(_ id: String) throws -> ModelProfile {
    let name = id.replacing("/", with: "--") + ".json"
    let file =
      id == "test/every/kind"
      ? folder.appending(path: "Golden/every-kind.json")
      : repository.appending(path: "schemas/models/" + name)
    return try JSONDecoder().decode(ModelProfile.self, from: Data(contentsOf: file))
  }

  static func flf2v() throws -> ModelProfile { try profile("fal-ai/framepack/flf2v") }
}

/// Equal but for the way in which numbers are spelt, and for the order of keys.
func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
  switch (left, right) {
  case (.array(let left), .array(let right)):
    left.count == right.count && zip(left, right).allSatisfy(isSame)
  case (.object(let left), .object(let right)):
    left.members.count == right.members.count
      && left.members.allSatisfy { member in
        right[member.key].map { isSame(member.value, $0) } ?? false
      }
  case (.integer, .number), (.number, .integer), (.number, .number):
    left == right || (left.doubleValue != nil && left.doubleValue == right.doubleValue)
      || (left.doubleValue == nil && right.doubleValue == nil)
  default: left == right
  }
}
