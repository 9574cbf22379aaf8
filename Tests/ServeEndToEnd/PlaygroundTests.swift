import KeyreelTesting
import SystemPackage
import Testing

/// The playground in a real Chromium, against real servers; `Python/playground_suite.py` has the steps.
@Suite("The playground")
struct PlaygroundTests {
  /// What a person gains, by the name of its scenario.
  static let scenarios = [
    "from_two_dropped_pictures_to_a_playing_clip", "every_frame_can_be_gone_to",
    "the_price_is_exact_before_anything_is_pressed", "mistakes_are_told_at_their_fields",
    "a_request_can_be_cancelled", "a_queue_tells_its_positions",
    "a_server_that_goes_away_is_read_again_and_never_asked_twice",
    "a_lost_answer_can_be_asked_for_again_without_a_second_job",
    "a_reload_goes_on_where_it_was", "a_wrong_key_is_told_and_a_right_one_mends_it",
    "everything_can_be_done_with_the_keyboard_alone", "pasted_pictures_are_taken",
    "day_and_night_phone_and_desk", "copied_code_does_the_same", "the_page_lets_nothing_in",
  ]

  /// All scenarios in one browser, run once for all tests.
  private static let run = Task { try await Self.outcome() }

  @Test("A person gets what the scenario promises", arguments: scenarios)
  func scenario(_ name: String) async throws {
    let outcome = try await Self.run.value
    let told = outcome.output.split(separator: "\n").filter { $0.contains(" \(name)") }
    #expect(told.contains { $0.hasPrefix("ok \(name) ") }, "\(outcome)")
  }

  private static func outcome() async throws -> ChildProcess.Outcome {
    let tests = FilePath(#filePath).removingLastComponent()
    let program = ServerProcess.program
    return try await ChildProcess(
      [
        "python3", tests.appending("Python").appending("playground_suite.py").string,
        program.string, program.removingLastComponent().appending("keyreel").string,
      ], environment: ["PYTHONDONTWRITEBYTECODE": "1"]
    ).outcome()
  }
}
