import Execution
import KeyreelCore
import KeyreelTesting
import Testing

/// Draws a schedule: `a b<a c<b` are three jobs, each named, with what it starts from.
private func drawn(_ drawing: String, limit: Int) -> Schedule {
  var segments: [String: Segment] = [:]
  var jobs: [ClipJob] = []
  for (number, word) in drawing.split(separator: " ").enumerated() {
    let names = word.split(separator: "<").map(String.init)
    let first =
      names.count == 2
      ? segments[names[1]].map { SamplePlans.lastFrame(of: $0.chosen.key) } : nil
    let segment = SamplePlans.segment(
      names[0], from: first ?? SamplePlans.keyframe(number),
      to: SamplePlans.keyframe(number + 1), prompt: names[0])
    segments[names[0]] = segment
    jobs.append(
      ClipJob(
        name: TakeName(film: "film", segment: names[0], take: 1), segment: segment,
        take: segment.chosen, backend: SamplePlans.free))
  }
  return Schedule(jobs: jobs, limit: limit)
}

extension Schedule {
  /// The names of all jobs that may begin now; `?` marks those that wait for another owner.
  fileprivate mutating func begin() -> String {
    var names: [String] = []
    while let start = next() { names.append(start.job.name.segment + (start.waits ? "?" : "")) }
    return names.joined(separator: " ")
  }

  fileprivate mutating func end(_ name: String, _ ending: Ending) -> String {
    names(of: finish(key(name), ending))
  }

  fileprivate func key(_ name: String) -> RecipeKey {
    jobs.first { $0.name.segment == name }?.key ?? RecipeKey(Digest.of("nobody"))
  }

  fileprivate func names(of jobs: [ClipJob]) -> String {
    jobs.map(\.name.segment).joined(separator: " ")
  }
}

@Suite("What may be made when")
struct ScheduleTests {
  @Test("Independent clips begin in film order, no more at once than the limit")
  func order() {
    var schedule = drawn("a b c d", limit: 2)
    #expect(schedule.begin() == "a b")
    #expect(schedule.end("b", .made) == "")
    #expect(schedule.begin() == "c")
    #expect(schedule.running == 2)
  }

  @Test("A clip that starts from another's last frame waits for it")
  func chain() {
    var schedule = drawn("a b<a c d<c", limit: 9)
    #expect(schedule.begin() == "a c")
    _ = schedule.end("c", .made)
    #expect(schedule.begin() == "d")
    _ = schedule.end("a", .made)
    #expect(schedule.begin() == "b")
  }

  @Test("The longest chain goes first, because it decides when the run ends")
  func urgency() {
    var schedule = drawn("a b c<b d e<d f<e", limit: 2)
    #expect(schedule.begin() == "d b")
    _ = schedule.end("b", .made)
    #expect(schedule.begin() == "a")
    _ = schedule.end("d", .made)
    #expect(schedule.begin() == "e")
  }

  @Test("Long rendered chains and long films are scheduled at once")
  func long() {
    let key = { (number: Int) in RecipeKey(Digest.of("\(number)")) }
    var job = SamplePlans.chain(1).clipJobs[0]
    var jobs: [ClipJob] = []
    for number in 0..<5_000 {
      job.key = key(number)
      job.needs = number > 0 ? [key(number - 1)] : []
      jobs.append(job)
    }
    var schedule = Schedule(jobs: jobs, limit: 4)
    var made = 0
    while let start = schedule.next() {
      _ = schedule.finish(start.job.key, .made)
      made += 1
    }
    #expect(made == 5_000)
  }

  @Test("A failure takes only what starts from it along")
  func failure() {
    var schedule = drawn("a b<a c<b d e<d", limit: 9)
    #expect(schedule.begin() == "a d")
    #expect(schedule.end("a", .failed) == "b c")
    _ = schedule.end("d", .made)
    #expect(schedule.begin() == "e")
    #expect(!schedule.isFinished)
    _ = schedule.end("e", .made)
    #expect(schedule.isFinished)
  }

  @Test("A clip that another run makes is waited for when nothing else is left to do")
  func parking() {
    var schedule = drawn("a b c", limit: 1)
    #expect(schedule.begin() == "a")
    schedule.park(schedule.key("a"))
    #expect(schedule.begin() == "b")
    _ = schedule.end("b", .made)
    #expect(schedule.begin() == "c")
    _ = schedule.end("c", .made)
    #expect(schedule.begin() == "a?")
  }

  @Test("A stopped schedule begins nothing and names what is left")
  func stop() {
    var schedule = drawn("a b c<a", limit: 1)
    #expect(schedule.begin() == "a")
    #expect(schedule.names(of: schedule.stop()) == "b c")
    #expect(schedule.begin() == "")
    #expect(schedule.end("a", .made) == "")
    #expect(schedule.isFinished)
  }

  @Test("A clip that this plan does not make holds nothing up")
  func foreign() {
    let first = SamplePlans.lastFrame(of: SamplePlans.recipe(77).key)
    let segment = SamplePlans.segment("x", from: first, to: SamplePlans.keyframe(1))
    var schedule = Schedule(jobs: SamplePlans.plan([segment]).clipJobs, limit: 1)
    #expect(schedule.begin() == "x")
  }

  @Test("In 2,000 random schedules each clip is made at most once and innocent siblings finish")
  func random() {
    for seed in 0..<2_000 {
      var generator = SplitMix(seed: UInt64(seed))
      var trial = Trial(&generator)
      trial.run(&generator)
    }
  }
}

/// One random schedule, run to its end with random endings.
private struct Trial {
  var schedule: Schedule
  let limit: Int
  let parents: [Int?]
  let doomed: Set<Int>

  /// Jobs to draw from, made once, because naming a recipe takes its time.
  static let jobs = drawn((0..<14).map { "j\($0)" }.joined(separator: " "), limit: 1).jobs

  init(_ generator: inout SplitMix) {
    limit = Int.random(in: 1...4, using: &generator)
    var parents: [Int?] = []
    var jobs = Self.jobs[..<Int.random(in: 1...14, using: &generator)]
    for number in jobs.indices {
      let parent =
        number > 0 && Bool.random(using: &generator)
        ? Int.random(in: 0..<number, using: &generator) : nil
      parents.append(parent)
      jobs[number].needs = parent.map { [jobs[$0].key] } ?? []
    }
    self.parents = parents
    doomed = Set(jobs.indices.filter { _ in Int.random(in: 0..<5, using: &generator) == 0 })
    schedule = Schedule(jobs: Array(jobs), limit: limit)
  }

  mutating func run(_ generator: inout SplitMix) {
    var running: [Int] = []
    var begun: [Int: Int] = [:]
    var ended: Set<Int> = []
    var skipped: Set<Int> = []
    while !schedule.isFinished {
      while let start = schedule.next() {
        let number = Self.number(start.job)
        begun[number, default: 0] += start.waits ? 0 : 1
        running.append(number)
        if let parent = parents[number] { #expect(ended.contains(parent)) }
      }
      #expect(running.count <= limit && running.count == schedule.running)
      let number = running.remove(at: Int.random(in: running.indices, using: &generator))
      let job = schedule.jobs[number]
      if Int.random(in: 0..<8, using: &generator) == 0 {
        schedule.park(job.key)
        continue
      }
      skipped.formUnion(
        schedule.finish(job.key, doomed.contains(number) ? .failed : .made).map(Self.number))
      if !doomed.contains(number) { ended.insert(number) }
    }
    for number in parents.indices {
      let isInnocent = !lineage(number).contains(where: doomed.contains)
      let hasDoomedParent = lineage(number).dropFirst().contains(where: doomed.contains)
      #expect(ended.contains(number) == isInnocent)
      #expect(skipped.contains(number) == hasDoomedParent)
      #expect((begun[number] ?? 0) == (hasDoomedParent ? 0 : 1))
    }
  }

  private func lineage(_ number: Int) -> [Int] {
    [number] + (parents[number].map(lineage) ?? [])
  }

  private static func number(_ job: ClipJob) -> Int {
    Int(job.name.segment.dropFirst()) ?? -1
  }
}
