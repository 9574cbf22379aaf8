import Foundation
import KeyreelCore
import KeyreelTesting
import Testing

@testable import Reporting

@Suite struct PlanTextTests {
  @Test("A plan's JSON has what programs rely on, and fits its schema")
  func planJSON() throws {
    let json = PlanJSON(sampleForecast(on: paid))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
    #expect(object["format_version"] as? Int == 1)
    let cost = try #require(object["cost"] as? [String: String])
    #expect(
      cost == [
        "expected": "0.7992", "upper_bound": "0.96237", "new": "0.5328",
        "new_upper_bound": "0.64158", "reused": "0.2664", "currency": "USD",
        "as_of": "2026-11-22",
      ])
    let film = try #require((object["films"] as? [[String: Any]])?.first)
    #expect(film["duration_seconds"] as? Double == 24.066666667)
    #expect(film["frame_rate"] as? Int == 30)
    let segments = try #require(film["segments"] as? [[String: Any]])
    #expect(segments.map { $0["id"] as? String } == ["valley/dawn-noon", "valley/noon-dusk"])
    #expect(segments[0]["first"] as? String == "dawn")
    #expect((segments[0]["request"] as? [String: Any])?["num_frames"] as? Int == 240)
    let takes = try #require(segments[1]["takes"] as? [[String: Any]])
    #expect(takes.map { $0["chosen"] as? Bool } == [false, true])
    #expect(takes[0]["action"] as? String == "generate")
    #expect(takes[0]["reason"] as? String == "prompt changed")
    #expect(takes[0]["cost"] as? String == "0.2664")
    let samples = [
      json, PlanJSON(sampleForecast()),
      PlanJSON(sampleForecast(rate: FrameRate(24000, 1001) ?? .thirty)),
    ]
    #expect(
      try SchemaCheck.complaints(of: samples.map(\.bytes), against: "plan.schema.json").joined()
        == "")
  }

  @Test("The same forecast gives the same bytes, laid out for diffs")
  func planJSONIsStable() {
    let text = PlanJSON(sampleForecast()).text
    #expect(text == PlanJSON(sampleForecast()).text)
    #expect(text.hasPrefix("{\n  \"format_version\": 1,\n  \"pipeline\": {\n    \"path\": "))
    #expect(text.hasSuffix("\n}\n"))
    #expect(text.contains("\"prompt\": \"mist \\\"burns\\\" off\\n\\u001b[31m\""))
  }

  @Test("The table tells people times, costs and reasons")
  func planTable() {
    #expect(
      PlanTable(sampleForecast(), style: TextStyle(width: 100)).text == """
        lake-day  722 frames, 0:24.067, 832x480 at 30 frames/s
          to films/lake-day.mp4
              TIME  SEGMENT                   FRAMES   COST  ACTION    WHY
          0:00.000  valley/dawn-noon             240  $0.00  reuse     in the store
          0:07.967  valley/noon-dusk  take 1     240  $0.00  generate  prompt changed (first held 30)
                      take 2 (in the film)            $0.00  generate  new
          0:16.967  2                             61         show      still logo
          0:18.600  city                         164         show      footage/intro.mp4, 137 frames from 1…
          0:24.067  end
          note: `city`: the crossfade makes the film 12 frames shorter

        1 film: 2 to generate, 1 in the store
        cost on animatic@1: $0.00
          at the list price of fal-ai/framepack/flf2v: expected $0.7992, at most $0.96237 (as of 2026-11-22)

        """)
    let paidText = PlanTable(sampleForecast(on: paid)).text
    #expect(
      paidText.contains(
        "cost on fal@queue.fal.run: expected $0.7992, at most $0.96237\n"
          + "  still to pay: expected $0.5328, at most $0.64158; in the store already: $0.2664\n"))
  }

  @Test(
    "Lines fit a narrow terminal, and colours come only when told", arguments: [40, 60, 80, 200])
  func planTableFits(width: Int) {
    let plain = PlanTable(sampleForecast(), style: TextStyle(width: width)).text
    let rows = plain.split(separator: "\n").filter { $0.hasPrefix("  0:") || $0.hasPrefix("   ") }
    #expect(rows.allSatisfy { DisplayWidth.of(String($0)) <= max(width, 68) })
    #expect(!plain.contains("\u{1B}"))
    let colored = PlanTable(sampleForecast(), style: TextStyle(width: width, usesColor: true)).text
    let stripped = colored.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(colored != plain && stripped == plain)
  }

  @Test("Amounts are exact and readable")
  func amounts() {
    let rate = FrameRate(24000, 1001) ?? .thirty
    #expect(Amounts.seconds(of: 24, at: rate) == "1.001")
    #expect(Amounts.seconds(of: 721, at: .thirty) == "24.033333333")
    #expect(Amounts.seconds(of: 0, at: .thirty) == "0")
    #expect(Amounts.timecode(3600 * 30 + 15, at: .thirty) == "1:00:00.500")
    #expect(Amounts.elapsed(.milliseconds(12_340)) == "12.3s")
    #expect(Amounts.elapsed(.seconds(7385)) == "2h 03m")
    #expect(Amounts.bytes(999) == "999 B" && Amounts.bytes(3_456_789) == "3.4 MB")
  }
}
