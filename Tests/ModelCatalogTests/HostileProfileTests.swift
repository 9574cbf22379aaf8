import Foundation
import KeyreelCore
import Testing

@testable import ModelCatalog

/// Profiles come from strangers; whatever stands in one, the reader answers with a sentence.
@Suite struct HostileProfileTests {
  @Test(
    "A number that nothing can be reckoned with is refused by the name of its field",
    arguments: [
      ("\"maximum\": 1800", "\"maximum\": 1e19", "`parameters.num_frames.maximum` must be"),
      ("\"minimum\": 30", "\"minimum\": -1e300", "`parameters.num_frames.minimum` must be"),
      ("\"frame_rate\": \"30\"", "\"frame_rate\": \"9000000000000000000\"", "`length.frame_rate`"),
      (
        "\"frame_rate\": \"30\"", "\"frame_rate\": \"1/9000000000000000000\"", "`length.frame_rate`"
      ),
      (
        "\"max_length\": 500", "\"max_length\": -9223372036854775808",
        "`parameters.prompt.max_length`"
      ),
      ("\"step\": 36", "\"step\": 9223372036854775807", "`length.grid.step`"),
      ("\"section\": 33", "\"section\": 9223372036854775807", "`length.grid.section`"),
      ("\"offset\": 1", "\"offset\": 9223372036854775807", "`length.grid.offset`"),
      (
        "\"multipliers\": [",
        "\"multipliers\": [" + String(repeating: "{\"when\": {}, \"factor\": \"1000\"},", count: 3),
        "`price.multipliers` together"
      ),
    ])
  func absurdNumbers(sound: String, absurd: String, complaint: String) throws {
    let text = try Self.text()
    try #require(text.contains(sound), "the profile has no \(sound)")
    let error = try #require(throws: OperationError.self) {
      try ProfileReader.profile(
        Array(text.replacing(sound, with: absurd).utf8), file: "absurd.json")
    }
    #expect(error.message.contains(complaint), "\(error.message)")
  }

  static func text() throws -> String {
    try #require(BuiltInProfiles.all.first { $0.name.contains("framepack") }).text
  }
}
