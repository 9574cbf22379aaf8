import KeyreelCore
import KeyreelTesting
import Planning
import Testing

@Suite struct ForecastTests {
  private let stops = [stop("dawn.jpg"), stop("noon.jpg"), stop("dusk.jpg")]

  private func plan(
    _ document: PipelineDocument, facts: SourceFacts? = nil, on backend: BackendIdentity = paid
  ) throws -> Plan {
    let result = try PlanningTests.plan(document, facts: facts, backend: backend)
    return try #require(result.plan, "\(lines(of: result.diagnostics))")
  }

  /// The store after `plan` was run.
  private func snapshot(after plan: Plan, holding: (Segment) -> Bool = { _ in true })
    -> StoreSnapshot
  {
    var snapshot = StoreSnapshot()
    for film in plan.films {
      for segment in film.segments {
        for take in segment.takes {
          if holding(segment) { snapshot.committed.insert(take.key) }
          snapshot.lastRecipes[
            StoreSnapshot.segmentName(film: film.name, segment: segment.id, take: take.number)] =
            segment.recipe(for: take, on: plan.backend)
        }
      }
    }
    return snapshot
  }

  private func reasons(_ plan: Plan, _ snapshot: StoreSnapshot) -> [String] {
    Forecaster().forecast(plan, snapshot: snapshot).steps.joined().joined()
      .map { "\($0.action.rawValue): \($0.reason)" }
  }

  @Test("An empty store makes all, a full one nothing, and the money follows")
  func emptyAndFull() throws {
    let plan = try plan(document(stops))
    let price = PriceRange(
      expected: try #require(Money(decimal: "0.5328")),
      worst: try #require(Money(decimal: "0.64158")))
    let empty = Forecaster().forecast(plan, snapshot: StoreSnapshot())
    #expect(empty.steps.joined().joined().allSatisfy { $0 == .init(.generate, reason: "new") })
    #expect(empty.cost.planned == price && empty.cost.new == price && empty.cost.reused == .free)
    let full = Forecaster().forecast(plan, snapshot: snapshot(after: plan))
    #expect(full.steps.joined().joined().allSatisfy { $0.action == .reuse })
    #expect(full.cost.new == .free && full.cost.reused == price)
    #expect(full.filmCosts == [full.cost])
  }

  @Test("Equal recipes in one plan are paid once")
  func sharing() throws {
    let plan = try plan(document(stops) { $0.sequences.append(sequence("again", stops)) })
    #expect(
      reasons(plan, StoreSnapshot()) == [
        "generate: new", "generate: new", "shared: same recipe as valley/dawn-noon",
        "shared: same recipe as valley/noon-dusk",
      ])
    #expect(
      Forecaster().forecast(plan, snapshot: StoreSnapshot()).cost.planned.expected
        == Money(decimal: "0.5328"))
  }

  @Test("The plan says which field made a clip new")
  func explanations() throws {
    let before = try plan(
      document(stops) { $0.defaults.parameters.append(parameter("seed", .integer(7))) })
    let store = snapshot(after: before)
    func after(_ change: (inout PipelineDocument) -> Void) throws -> [String] {
      let document = document(stops) {
        $0.defaults.parameters.append(parameter("seed", .integer(7)))
        change(&$0)
      }
      return reasons(try plan(document), store)
    }
    #expect(
      try after {
        $0.changeChain(0) { $0.stops[0].next.parameters = [parameter("prompt", .string("mist"))] }
      } == ["generate: prompt changed", "reuse: in the store"])
    #expect(
      try after {
        $0.changeChain(0) {
          $0.stops[1].next.parameters = [parameter("seed", .integer(9))]
          $0.stops[1].next.frames = at(30, 100)
        }
      } == ["reuse: in the store", "generate: seed 7 → 9, num_frames 240 → 100"])
    #expect(
      try after { $0.defaults.fit = at(5, .blur) }.first
        == "generate: fit of first keyframe dawn cover → blur, fit of last keyframe noon cover → blur"
    )
    #expect(
      try after {
        $0.defaults.parameters.append(parameter("resolution", .string("720p")))
      }.first == "generate: resolution 480p → 720p, size 832x480 → 1280x720")
    let edited = document(stops) { $0.defaults.parameters.append(parameter("seed", .integer(7))) }
    var facts = PlanGenerator.facts(for: edited)
    facts.entries[.picture(.file("dusk.jpg"))] = .success(
      .picture(PictureFact(digest: Digest.of("new"), size: PixelSize(width: 832, height: 480))))
    #expect(
      reasons(try plan(edited, facts: facts), store) == [
        "reuse: in the store", "generate: last keyframe dusk changed",
      ])
    #expect(
      reasons(try plan(edited, on: animatic), store).first
        == "generate: backend fal@queue.fal.run → animatic@1")
    #expect(
      reasons(before, snapshot(after: before) { $0.id == "valley/dawn-noon" }) == [
        "reuse: in the store", "generate: no longer in the store",
      ])
  }

  @Test("Under `chain: rendered` a clip is new because the one before it is")
  func renderedChains() throws {
    func chained(_ prompt: String) throws -> Plan {
      try plan(
        document(stops) {
          $0.changeChain(0) {
            $0.chain = at(11, .rendered)
            $0.stops[0].next.parameters = [parameter("prompt", .string(prompt))]
          }
        })
    }
    #expect(
      reasons(try chained("mist"), snapshot(after: try chained("sun"))) == [
        "generate: prompt changed", "generate: starts from valley/dawn-noon, which changes",
      ])
  }
}
