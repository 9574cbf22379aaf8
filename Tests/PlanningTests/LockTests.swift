import KeyreelCore
import KeyreelTesting
import Planning
import Testing

@Suite("Locked segments")
struct LockTests {
  private static let stops = [stop("dawn.jpg"), stop("noon.jpg"), stop("dusk.jpg")]

  private func prompted(
    _ prompt: String, _ change: (inout PipelineDocument) -> Void = { _ in }
  ) -> PipelineDocument {
    document(Self.stops) {
      $0.defaults.parameters = [parameter("prompt", .string(prompt), 2)]
      change(&$0)
    }
  }

  private func plan(
    _ document: PipelineDocument, _ locks: [ClipLock] = [], on backend: BackendIdentity = paid
  ) throws -> PlanningResult {
    let written = locks.enumerated().map { Written($1, at: span($0 + 3)) }
    return try Planner(profiles: profiles()).plan(
      [document], facts: PlanGenerator.facts(for: document), backend: backend,
      locks: PipelineLocks(file: "film.lock.yaml", entries: written))
  }

  /// The lock of segment `index` of a plan, and the receipt of its clip.
  private func lock(
    _ index: Int, of plan: Plan, take: Int? = nil
  ) throws -> (lock: ClipLock, receipt: Receipt) {
    let film = try #require(plan.films.first)
    let segment = film.segments[index]
    let chosen = take.map { segment.takes[$0 - 1] } ?? segment.chosen
    let receipt = Receipt(
      recipe: segment.recipe(for: chosen, on: plan.backend), digest: Digest.of("clip \(index)"),
      byteCount: 6,
      inspection: ClipInspection(
        frames: segment.frames, size: segment.canvas, frameRate: segment.frameRate),
      price: chosen.price, ticket: nil)
    let lock = ClipLock(
      film: film.name, segment: segment.id, backend: plan.backend, take: chosen.number,
      seed: chosen.seed, key: chosen.key, clip: receipt.digest, frames: segment.frames)
    return (lock, receipt)
  }

  @Test("A locked segment keeps its clip when its recipe moves, and what has moved is told")
  func moved() throws {
    let before = try #require(try plan(prompted("mist")).plan)
    let (lock, receipt) = try lock(0, of: before)
    let now = try #require(try plan(prompted("storm"), [lock]).plan)
    let segment = now.films[0].segments[0]
    #expect(segment.takes.map(\.key) == [lock.key] && segment.lock?.isMoved == true)
    #expect(now.films[0].assembly.pieces.first?.source == .clip(lock.key))
    #expect(now.films[0].segments[1].chosen.key != before.films[0].segments[1].chosen.key)
    let forecast = Forecaster().forecast(now, snapshot: .init(locked: [lock.key: receipt]))
    #expect(forecast.steps[0].map { $0[0].action } == [.locked, .generate])
    #expect(forecast.locks.map(\.changes) == [["prompt changed"]])
    #expect(
      forecast.lockWarnings == [
        "valley/dawn-noon is locked and keeps its clip, although this has changed since: prompt changed"
      ])
    #expect(forecast.cost.new == now.films[0].segments[1].chosen.price, "it is not bought")
    #expect(forecast.cost.reused == segment.chosen.price)
  }

  @Test("An unmoved lock is told as agreeing, a lost or other clip never as to be made")
  func presence() throws {
    let plan = try #require(try plan(prompted("mist")).plan)
    var (lock, receipt) = try lock(0, of: plan)
    let locked = try #require(try self.plan(prompted("mist"), [lock]).plan)
    func forecast(_ held: [RecipeKey: Receipt]) -> Forecast {
      Forecaster().forecast(locked, snapshot: .init(locked: held))
    }
    #expect(forecast([lock.key: receipt]).locks.map(\.agrees) == [true])
    #expect(forecast([lock.key: receipt]).lockWarnings.isEmpty)
    let gone = forecast([:])
    #expect(gone.steps[0][0].map(\.action) == [.locked])
    #expect(gone.locks.first?.refusal(pipeline: "film.yaml")?.code == .lockedClipMissing)
    receipt.digest = Digest.of("another")
    #expect(forecast([lock.key: receipt]).locks.first?.presence == .other)
  }

  @Test("A lock chooses its take, leaves the others unmade and says when `pick` has moved")
  func takes() throws {
    func taking(_ pick: Int) -> PipelineDocument {
      prompted("mist") {
        $0.defaults.takes = at(4, 3)
        $0.defaults.pick = at(5, pick)
      }
    }
    let before = try #require(try plan(taking(2)).plan)
    let (lock, receipt) = try lock(0, of: before)
    #expect(lock.take == 2)
    let now = try #require(try plan(taking(3), [lock]).plan)
    #expect(now.films[0].segments[0].takes.map(\.number) == [2])
    #expect(now.films[0].segments[1].takes.count == 3)
    let forecast = Forecaster().forecast(now, snapshot: .init(locked: [lock.key: receipt]))
    #expect(forecast.locks.first?.changes.first == "take 2 → 3")
  }

  @Test("What starts from a locked clip starts from the clip that is kept")
  func chained() throws {
    func chain(_ prompt: String) -> PipelineDocument {
      prompted("sun") {
        $0.changeChain(0) {
          $0.chain = at(11, .rendered)
          $0.stops[0].next.parameters = [parameter("prompt", .string(prompt))]
        }
      }
    }
    let before = try #require(try plan(chain("mist")).plan)
    let (lock, _) = try lock(0, of: before)
    let now = try #require(try plan(chain("rain"), [lock]).plan)
    #expect(now.films[0].segments[1] == before.films[0].segments[1], "so it is not made again")
  }

  @Test("A lock of one sort of maker holds on no other")
  func makers() throws {
    let before = try #require(try plan(prompted("mist")).plan)
    let (lock, _) = try lock(0, of: before)
    func isLocked(_ kind: String, _ origin: String) throws -> Bool {
      let backend = BackendIdentity(kind: kind, origin: origin)
      let plan = try #require(try plan(prompted("mist"), [lock], on: backend).plan)
      return plan.films[0].segments[0].lock != nil
    }
    #expect(try isLocked("fal", "queue.fal.run") && isLocked("fal", "proxy.example"))
    #expect(try !isLocked("fal", "127.0.0.1:8470/queue") && !isLocked("animatic", "2"))
  }

  @Test("A lock of a segment that was renamed or removed is told with its place")
  func renamed() throws {
    let before = try #require(try plan(prompted("mist")).plan)
    let (first, _) = try lock(0, of: before)
    let (second, _) = try lock(1, of: before)
    var other = second
    other.film = "flim"
    let renamed = prompted("mist") {
      $0.sequences[0].name = at(10, "glen")
      $0.changeChain(0) { $0.stops.removeLast() }
    }
    let told = try plan(renamed, [first, second, other]).diagnostics.filter { $0.code == "KR0604" }
    #expect(told.map(\.severity) == [.warning, .warning, .warning])
    #expect(told.map(\.span) == [span(3), span(4), span(5)])
    #expect(told[0].suggestion?.contains("`glen/dawn-noon` has its recipe now") == true)
    #expect(told[1].suggestion?.contains("--release valley/noon-dusk") == true)
    #expect(told[2].message.contains("film `flim`"))
    #expect(told[2].suggestion == "did you mean `film`?")
  }
}
