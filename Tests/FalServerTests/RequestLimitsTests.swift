import NIOCore
import Testing

@testable import FalServer

/// How slow a client may be.
struct RequestLimitsTests {
  @Test("A body has half a minute, then a kibibyte a second, and an hour in all")
  func slowness() {
    let limits = RequestLimits()
    #expect(!limits.isTooSlow(bytes: 0, after: .seconds(30)))
    #expect(limits.isTooSlow(bytes: 0, after: .seconds(31)))
    #expect(limits.isTooSlow(bytes: 100 * 1024 - 1, after: .seconds(100)))
    #expect(!limits.isTooSlow(bytes: 100 * 1024, after: .seconds(100)))
    #expect(!limits.isTooSlow(bytes: 1 << 40, after: .hours(1)))
    #expect(limits.isTooSlow(bytes: 1 << 40, after: .hours(1) + .seconds(1)))
  }
}
