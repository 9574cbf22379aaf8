import FalProtocol
import KeyreelCore
import Testing

@Suite("Bills follow the model's price formula exactly")
struct BillTests {
  @Test(
    "A clip of FramePack costs its seconds, half as much again in 720p",
    arguments: [
      (240, "480p", "8", "0.2664"), (240, "720p", "12", "0.3996"), (1800, "480p", "60", "1.998"),
      (30, "480p", "1", "0.0333"), (253, "480p", "8.433333334", "0.28083"),
      (0, "480p", "0", "0.00"),
      (37, "720p", "1.850000001", "0.061605"),
    ])
  func perSecond(frames: Int, resolution: String, units: String, total: String) throws {
    let profile = try Fixture.flf2v()
    let request = ModelRequest([
      .init("num_frames", .integer(frames)), .init("resolution", .string(resolution)),
    ])
    let bill = try #require(Bill(request, profile: profile))
    #expect(bill.unitsText == units)
    #expect(bill.total == Money(decimal: total))
    #expect(bill.unitPrice == Money(decimal: "0.0333"))
    #expect(bill.currency == "USD" && bill.unit == .second)
  }

  @Test(
    "A clip of Wan has one price, with its factors",
    arguments: [
      (81, "720p", "1", "0.40"), (81, "480p", "0.5", "0.20"), (100, "480p", "0.625", "0.25"),
    ])
  func perClip(frames: Int, resolution: String, units: String, total: String) throws {
    let profile = try Fixture.profile("fal-ai/wan-flf2v")
    let request = ModelRequest([
      .init("num_frames", .integer(frames)), .init("resolution", .string(resolution)),
    ])
    let bill = try #require(Bill(request, profile: profile))
    #expect(bill.unitsText == units)
    #expect(bill.total == Money(decimal: total))
  }

  @Test("What was delivered is billed when it is told, and a rate in the request counts")
  func delivered() throws {
    let profile = try Fixture.flf2v()
    let request = ModelRequest([
      .init("num_frames", .integer(240)), .init("resolution", .string("480p")),
    ])
    #expect(Bill(request, frames: 60, profile: profile)?.unitsText == "2")
    let other = try Fixture.profile("test/every/kind")
    // Two thirds of a second are rounded up before the factor, as in the plan.
    let fast = ModelRequest([.init("frames", .integer(20)), .init("fps", .integer(30))])
    #expect(Bill(fast, profile: other)?.total == Money(nanos: 100_000_001))
    #expect(Bill(ModelRequest([]), profile: other) == nil)
    #expect(Bill(request, frames: .max, profile: profile) != nil)
  }

  @Test("The bill of a completed input is the one that the pricing route's figures give")
  func consistent() throws {
    let profile = try Fixture.flf2v()
    let form = InputForm(profile)
    let price = try #require(EndpointPrice(profile))
    for frames in stride(from: 30, through: 1800, by: 59) {
      let body = #"{"prompt":"a","image_url":"a","end_image_url":"b","num_frames":\#(frames)}"#
      let input = try form.validate(body: body.utf8)
      let bill = try #require(Bill(input.request, profile: profile))
      let product = price.unitPrice.scaled(by: bill.units.nanos, over: 1_000_000_000)
      #expect((product - bill.total).nanos.magnitude <= 1)
    }
  }
}
