import Foundation
import Glibc
import KeyreelCore
import KeyreelTesting
import Media
import SystemPackage
import Testing

@Suite("Torn, lying and hostile media", .ownThread)
struct HostileMediaTests {
  /// Seconds after which a case counts as hung: libav takes some for a file, a busy machine many more.
  private static let patience: UInt32 = 3600
  /// Kilobytes that a process may have held at most; without any file it is some 60 MB.
  private static let memory = 640 << 10
  private static let batch = 100

  /// `KEYREEL_FUZZ_CASE=n` runs one case alone, `KEYREEL_FUZZ=n` that many.
  private static let cases: Range<Int> = {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["KEYREEL_FUZZ_CASE"].flatMap(Int.init) { return one..<one + 1 }
    let isTorture = environment["KEYREEL_TORTURE"] != nil
    return 0..<(environment["KEYREEL_FUZZ"].flatMap(Int.init) ?? (isTorture ? 10_000 : 300))
  }()

  @Test("Each damaged file is refused by name or gives a whole film: no crash, no hang, no flood")
  func everyWayIn() async throws {
    let scratch = try Scratch()
    let seeds = scratch.path("seeds")
    try FileManager.default.createDirectory(atPath: seeds.string, withIntermediateDirectories: true)
    try HostileSeeds.make(in: seeds)
    let folder = scratch.folder.string
    let batches = stride(from: Self.cases.lowerBound, to: Self.cases.upperBound, by: Self.batch)
      .map { $0..<min($0 + Self.batch, Self.cases.upperBound) }
    await withTaskGroup(of: Void.self) { group in
      for (index, batch) in batches.enumerated() {
        if index >= 2 { await group.next() }
        group.addTask { await Self.child(folder, batch.lowerBound, batch.count) }
      }
    }
    var tally = Tally()
    for batch in batches {
      let log = try String(
        contentsOfFile: scratch.path("log-\(batch.lowerBound)").string, encoding: .utf8)
      let lines = log.split(separator: "\n")
      let complaints = lines.filter { $0.contains("COMPLAINT") }
      #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
      let ends = lines.filter { $0.hasPrefix("done ") }
      // A crash or a hang is what stands last in the log.
      #expect(ends.count == batch.count, "\(lines.last ?? "")")
      for end in ends { tally.add(end) }
    }
    print(tally.text)
    guard Self.cases.count > 1 else { return }
    // Neither is everything refused, nor is damage what nobody notices.
    #expect(
      tally.refusals > tally.cases && tally.successes > tally.cases / 2, "\(tally.text)")
  }

  private struct Tally {
    var (cases, successes, refusals, memory, milliseconds) = (0, 0, 0, 0, 0)

    mutating func add(_ line: Substring) {
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      guard numbers.count == 5 else { return }
      cases += 1
      refusals += numbers[1]
      successes += numbers[2]
      memory = max(memory, numbers[3])
      milliseconds = max(milliseconds, numbers[4])
    }

    var text: String {
      "hostile media: \(cases) files, \(refusals) refusals, \(successes) successes, "
        + "peak \(memory >> 10) MB, longest \(milliseconds) ms"
    }
  }

  private static func child(_ folder: String, _ first: Int, _ count: Int) async {
    await #expect(processExitsWith: .success) {
      [folder = folder as String, first = first as Int, count = count as Int] in
      try await HostileMediaTests.run(first..<first + count, in: FilePath(folder))
    }
  }

  /// The most kilobytes that this process held so far.
  ///
  /// `getrusage` would count what the tests' own process held before it started this one, too.
  private static func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(Int(line.filter(\.isNumber)))
  }

  /// Runs cases in this process and notes each before and behind it.
  private static func run(_ cases: Range<Int>, in folder: FilePath) async throws {
    let seeds = try HostileSeeds(in: folder.appending("seeds"))
    let own = folder.appending("cases-\(cases.lowerBound)")
    try FileManager.default.createDirectory(atPath: own.string, withIntermediateDirectories: true)
    let log = try FileDescriptor.open(
      folder.appending("log-\(cases.lowerBound)"), .writeOnly, options: [.create, .append],
      permissions: .ownerReadWrite)
    let sources = try seeds.seeds.map { try FileBytes.read($0.path, name: "seed") }
    guard let good = seeds.seeds.first(where: { $0.path.string.hasSuffix("own-plain.mp4") }) else {
      preconditionFailure("the plain clip is among the seeds")
    }
    for number in cases {
      var damage = Damage(seed: number)
      let seed = damage.dice.roll(0...sources.count - 1)
      let other = damage.dice.roll(0...sources.count - 1)
      let bytes = damage.applied(to: sources[seed], other: sources[other])
      let story =
        "case \(number), \(seeds.seeds[seed].path.lastComponent?.string ?? ""): "
        + damage.story.joined(separator: "; ")
      try log.writeAll(Array("begin \(story.replacing("\n", with: " "))\n".utf8))
      // The signal ends the process; the case that hung stands last in the log.
      alarm(patience)
      let begin = ContinuousClock().now
      var intake = Intake(folder: own, good: good.path)
      try await intake.take(bytes, of: seeds.seeds[seed], number: number)
      alarm(0)
      let time = begin.duration(to: ContinuousClock().now)
      let peak = try peakMemory()
      if peak > memory { intake.complain("the process held \(peak >> 10) MB") }
      for complaint in intake.complaints {
        try log.writeAll(
          Array("COMPLAINT \(story): \(complaint.replacing("\n", with: " "))\n".utf8))
      }
      let milliseconds =
        time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
      try log.writeAll(
        Array(
          "done \(number) \(intake.refusals) \(intake.successes) \(peak) \(milliseconds)\n".utf8))
      if peak > memory { break }
    }
  }
}
