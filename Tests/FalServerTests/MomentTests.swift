import FalQueue
import KeyreelTesting
import Testing

@testable import FalServer

@Suite("Moments are read as they are written")
struct PlatformMoments {
  @Test("Every moment comes back, whatever its zone")
  func roundTrip() {
    var random = SplitMix(seed: 5)
    for _ in 0..<500 {
      let moment = Timestamp(milliseconds: .random(in: 0...4_102_444_800_000, using: &random))
      #expect(Timestamp(iso8601: moment.rfc3339) == moment, "\(moment.rfc3339)")
    }
  }

  @Test(
    "The same moment in other words",
    arguments: [
      "2026-02-17T10:30:01.5Z", "2026-02-17T10:30:01.500Z", "2026-02-17t10:30:01.500999999z",
      "2026-02-17 12:30:01.5+02:00", "2026-02-17T12:30:01.5 02:00", "2026-02-17T05:00:01.5-05:30",
      "2026-02-17T10:30:01.5+0000", "2026-02-17T10:30:01.5",
    ])
  func words(text: String) {
    #expect(Timestamp(iso8601: text)?.rfc3339 == "2026-02-17T10:30:01.500Z")
  }

  @Test(
    "What is no moment",
    arguments: [
      "", "2026", "2026-2-1", "2026-02-29", "2100-02-29", "2026-00-01", "2026-01-00",
      "2026-01-01T", "2026-01-01T1:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z",
      "2026-01-01T00:00:00Zx", "+026-01-01", "２026-01-01", "2026-01-01T00:00:00+24:00",
    ])
  func nonsense(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test("Leap days are days")
  func leapDays() {
    #expect(Timestamp(iso8601: "1970-01-01")?.milliseconds == 0)
    #expect(Timestamp(iso8601: "2000-02-29")?.rfc3339 == "2000-02-29T00:00:00.000Z")
    #expect(Timestamp(iso8601: "2024-12-31")?.rfc3339 == "2024-12-31T00:00:00.000Z")
  }
}
