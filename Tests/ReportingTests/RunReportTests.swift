import Foundation
import KeyreelCore
import KeyreelTesting
import Synchronization
import SystemPackage
import Testing

@testable import Reporting

/// A clock that moves when told.
private final class Clock: Sendable {
  private let start = ContinuousClock.now
  private let offset = Mutex(Duration.zero)

  var now: ContinuousClock.Instant { start + offset.withLock(\.self) }

  func pass(_ duration: Duration) { offset.withLock { $0 += duration } }
}

private let first = TakeName(film: "lake-day", segment: "valley/dawn-noon", take: 1)
private let second = TakeName(film: "lake-day", segment: "valley/noon-dusk", take: 2)
private let key = RecipeKey(Digest.of("key"))
private let inspection = ClipInspection(
  frames: 241, size: PixelSize(width: 832, height: 480), frameRate: .thirty)
private let cost = PriceRange(
  expected: Money(nanos: 532_800_000), worst: Money(nanos: 641_580_000))

private func summary(_ change: (inout RunSummary) -> Void = { _ in }) -> RunSummary {
  var summary = RunSummary(currency: "USD")
  summary.made = 1
  summary.reused = 3
  summary.milliseconds = 12_300
  change(&summary)
  return summary
}

/// A join at which motion dies for three frames.
private let stalled: JoinVerdict = {
  var figures = JoinFigures()
  (figures.motionBefore, figures.motionAfter, figures.stall) = (4, 4, 3)
  return JoinVerdict(
    JoinPlace(
      before: "valley/1", after: "valley/2", frame: 240, kind: .chained,
      framesBefore: FilmStretch(start: 216, count: 24),
      framesAfter: FilmStretch(start: 240, count: 24)), figures)
}()

/// Every event once, as a run with a failure sends them.
private let everyEvent: [RunEvent] = [
  .started(films: 1, generate: 2, reuse: 3, cost: cost, currency: "USD"),
  .takeReused(first, key: key), .waiting(first), .takeStarted(first, frames: 241),
  .takeProgress(first, .queued(position: 2)), .takeProgress(first, .queued(position: nil)),
  .takeProgress(first, .rendering(done: 60, of: 241)),
  .takeProgress(first, .downloading(bytes: 1000, of: nil)),
  .takeProgress(first, .downloading(bytes: 1000, of: 2_000_000)),
  .takeCommitted(first, key: key, inspection: inspection, elapsed: .milliseconds(3210)),
  .takeStarted(second, frames: 100),
  .takeFailed(second, OperationError(.network, "the server is away", remedy: "wait a while")),
  .takeSkipped(second, reason: "it starts from a clip that is missing"),
  .remark("the clip has 253 frames instead of 241"), .warning("the budget is used up"),
  .stitching(film: "lake-day", done: 5, of: 481),
  .joinMeasured(film: "lake-day", stalled),
  .filmPublished(
    film: "lake-day", path: "films/lake-day.mp4", frames: 481, duration: .milliseconds(16_033),
    reused: false),
  .filmFailed(film: "other", OperationError(.diskFull, "the disk is full")),
  .finished(
    summary {
      $0.failed = 1
      $0.skipped = 1
      $0.spent = cost
      $0.saved = cost
    }),
]

@Suite struct RunReportTests {
  /// What a reporter writes on `events`, `step` apart.
  private func output(
    _ mode: ConsoleReporter.Mode, _ events: [RunEvent], step: Duration = .seconds(1),
    width: Int = 80
  ) throws -> String {
    let file = TemporaryFile()
    defer { file.remove() }
    let descriptor = try FileDescriptor.open(
      file.path, .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
    try descriptor.closeAfter {
      let clock = Clock()
      let reporter = ConsoleReporter(
        descriptor: descriptor, mode: mode, style: TextStyle(width: width),
        storePath: ".keyreel", now: { clock.now })
      for event in events {
        clock.pass(step)
        reporter.report(event)
      }
      reporter.close()
    }
    return String(decoding: try file.contents(), as: UTF8.self)
  }

  @Test("A log gets one line for each thing that happened, and a summary")
  func plainLines() throws {
    #expect(
      try output(.plain, everyEvent) == """
        2 clips to make, 3 in the store, expected $0.5328, at most $0.64158
        waiting for valley/dawn-noon, which another process makes
        made valley/dawn-noon  241 frames in 3.2s  (1 of 2)
        failed valley/noon-dusk take 2: the server is away
          help: wait a while
        skipped valley/noon-dusk take 2: it starts from a clip that is missing
        the clip has 253 frames instead of 241
        warning the budget is used up
        join valley/1 → valley/2 at frame 240: motion stalls for 3.0 frames
        failed film other: the disk is full
        film  films/lake-day.mp4  16.0s, 481 frames, 1 visible join
        clips 1 made, 3 reused, 1 failed, 1 not tried, in 12.3s
        cost  expected $0.5328, at most $0.64158; reuse saved $0.5328
        store .keyreel
        finished clips are kept: put right what failed, then run the same command again

        """)
  }

  @Test("Quiet tells failures alone")
  func quietLines() throws {
    #expect(
      try output(.quiet, everyEvent) == """
        failed valley/noon-dusk take 2: the server is away
          help: wait a while
        warning the budget is used up
        failed film other: the disk is full

        """)
    #expect(try output(.quiet, [.finished(summary())]) == "")
  }

  @Test("The live picture is drawn in place and leaves a clean screen")
  func livePicture() throws {
    for step in [Duration.milliseconds(1), .seconds(1)] {
      for width in [30, 50, 80, 160] {
        let text = try output(.live, everyEvent, step: step, width: width)
        #expect(text.count(of: "\u{1B}[?25l") == 1 && text.count(of: "\u{1B}[?25h") == 1)
        let screen = Screen(text)
        #expect(screen.widest <= width || width < 80)
        // On the screen remains what a log has, bar what only a picture shows.
        let log = try output(.plain, everyEvent).split(separator: "\n").filter {
          !$0.hasPrefix("waiting")
        }
        #expect(screen.lines == log.map(String.init))
      }
    }
  }

  @Test("A stopped run gives the cursor back")
  func interrupted() throws {
    let text = try output(.live, Array(everyEvent.prefix(7)))
    #expect(text.hasSuffix("\u{1B}[J\u{1B}[?25h"))
    let stopped = try output(.plain, [.finished(summary { $0.wasInterrupted = true })])
    #expect(stopped.contains("run the same command again to go on"))
  }

  @Test("Bars show how far each clip and the whole run have come")
  func bars() {
    let clock = Clock()
    var board = RunBoard()
    for event in everyEvent.prefix(4) { board.apply(event, at: clock.now) }
    clock.pass(.seconds(10))
    board.apply(.takeProgress(first, .rendering(done: 120, of: 240)), at: clock.now)
    let lines = BoardPicture(style: TextStyle(width: 80)).lines(of: board, at: clock.now)
    #expect(
      lines == [
        "  valley/dawn-noon                  ██████████··········  120/240 frames  10.0s",
        "  all clips                         ███·········  0 of 2 made  about 30.0s left",
      ])
    #expect(board.fraction == 0.25)
    #expect(board.remaining(at: clock.now) == .seconds(30))
    #expect(lines.count == 2)
    board.apply(.takeProgress(first, .rendering(done: 240, of: 240)), at: clock.now)
    let full = BoardPicture(style: TextStyle(width: 80)).lines(of: board, at: clock.now)
    #expect(full.first?.contains("checking") == true)
    board.apply(.takeProgress(first, .downloading(bytes: 9, of: 9)), at: clock.now)
    let fetched = BoardPicture(style: TextStyle(width: 80)).lines(of: board, at: clock.now)
    #expect(fetched.first?.contains("checking") == true)
  }

  @Test(
    "A run with nothing to make says so",
    arguments: zip(
      [0, 1, 2],
      ["no clips to make", "the one clip is in the store", "all 2 clips are in the store"]
    ))
  func nothingToMake(reuse: Int, line: String) throws {
    let event = RunEvent.started(
      films: 1, generate: 0, reuse: reuse, cost: .free, currency: "USD")
    #expect(try output(.plain, [event]) == line + "\n")
  }

  @Test("A failure is told with what to do, and the names in it cannot steer the terminal")
  func errorText() {
    let error = OperationError(
      .notFound, "cannot read a\u{1B}[2J.yaml", remedy: "check the path\u{202E}")
    #expect(
      ErrorText(error).text
        == "error: cannot read a\u{FFFD}[2J.yaml\n  help: check the path\u{FFFD}\n")
    #expect(ErrorText(OperationError(.busy, "it is in use")).text == "error: it is in use\n")
    #expect(
      ErrorText(OperationError(.busy, "it is in use"), style: TextStyle(usesColor: true)).text
        == "\u{1B}[1;31merror\u{1B}[0m: it is in use\n")
  }

  @Test("The store's prices have the currency of their model, where it is known")
  func storePrices() {
    let clip = sampleForecast(on: paid).plan.films[0].segments[0]
    let receipt = Receipt(
      recipe: clip.recipe(for: clip.chosen, on: paid), digest: key.digest, byteCount: 2000,
      inspection: inspection, price: cost, ticket: nil)
    #expect(StoreTable([receipt]).text.contains("  0.5328  "))
    let priced = StoreTable(
      [receipt], prices: PriceTags(currencies: [clip.model: "EUR"])
    ).text
    #expect(priced.contains("  0.5328 EUR  "))
  }

  @Test("The event log fits its schema, line by line")
  func eventLog() throws {
    let file = TemporaryFile()
    defer { file.remove() }
    let log = try EventLog(file: file.path)
    let group = ReporterGroup([log])
    for event in everyEvent { group.report(event) }
    log.close()
    group.report(.remark("after the end"))
    #expect(log.problem == nil)
    let lines = try file.contents().split(separator: UInt8(ascii: "\n")).map { Data($0) }
    #expect(lines.count == everyEvent.count)
    #expect(try SchemaCheck.complaints(of: lines, against: "events.schema.json").joined() == "")
  }

  @Test("A log that cannot be written is refused with a remedy")
  func unwritableLog() throws {
    let error = try #require(throws: OperationError.self) {
      try EventLog(file: "/nowhere/at/all/events.jsonl")
    }
    #expect(error.message.contains("/nowhere/at/all/events.jsonl") && error.remedy != nil)
  }

  @Test("A full disk ends the log, not the run")
  func fullDisk() throws {
    let log = try EventLog(file: "/dev/full")
    log.report(.remark("one"))
    log.report(.remark("two"))
    #expect(log.problem?.code == .inputOutput)
  }

  @Test("Many threads may report at once")
  func threads() async throws {
    let file = TemporaryFile()
    defer { file.remove() }
    let log = try EventLog(file: file.path)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask { log.report(.stitching(film: "f", done: number, of: 50)) }
      }
    }
    log.close()
    let lines = try file.contents().split(separator: UInt8(ascii: "\n"))
    let numbers = try lines.map {
      try (JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])?["number"] as? Int
    }
    #expect(numbers == Array(1...50))
  }
}

extension String {
  fileprivate func count(of part: String) -> Int { components(separatedBy: part).count - 1 }
}
