internal import ArgumentParser
internal import KeyreelCore
internal import Media
internal import Reporting
internal import Storage
internal import SystemPackage

/// `keyreel takes FILE SEGMENT`: the takes of a segment side by side.
struct TakesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "takes", abstract: "Shows the takes of a segment side by side.",
    discussion: """
      Writes a contact sheet, a row of frames for each take, and lists the takes with their seeds. The \
      take that is in the film has a bright frame. `takes: 3` in the file makes candidates, `pick: 2` \
      chooses; the others are kept.

      Examples:
        keyreel takes film.yaml valley/dawn-noon
        keyreel takes film.yaml valley/dawn-noon -o takes.png
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Argument(help: "The segment, as `keyreel plan` names it.")
  var segment: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where the contact sheet goes; default: takes.png.", valueName: "file"),
    completion: .file(extensions: ["png"]))
  var output = "takes.png"

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      var request = options.request(file)
      // All takes are shown, those that a lock leaves out of the film too.
      request.usesLocks = false
      let work = try await PipelineWork.prepare(request, in: context.surroundings)
      guard context.tell(work, quiet: true), let plan = work.plan else { return .pipelineInvalid }
      try work.checkSegments([segment], of: plan)
      guard let (segment, isLocked) = shown(in: plan, work.lock.clips) else { return .usage }
      let target = context.surroundings.workingFolder.pushing(FilePath(output))
      try work.refuseSource(target, named: output)
      let clips = try CommandFailure.atStore {
        try segment.takes.map { take in
          try work.store.receipt(for: take.key).map { try work.store.clip($0) }
        }
      }
      let rows = zip(segment.takes, clips).map { take, clip in
        TakeRow(
          number: take.number, seed: segment.seedParameter == nil ? nil : take.seed, key: take.key,
          price: take.price.expected, isChosen: take.isChosen, isMade: clip != nil)
      }
      if isLocked { context.errors.writeLine("\(segment.id) is locked to the clip in the film") }
      context.output.write(
        TakesTable(rows, currency: plan.currency, style: context.outputStyle).text)
      guard clips.contains(where: { $0 != nil }) else {
        context.errors.writeLine("none is made yet: keyreel run \(ShellWord.quoted(file))")
        return .success
      }
      let sheet = ContactSheet(
        rows: zip(rows, clips).map { .init(clip: $1, isChosen: $0.isChosen) },
        canvas: segment.canvas)
      let png = try await OwnThread.run { _ in
        try PictureWriter.encode(try sheet.picture(), as: .png)
      }
      try AuthoredFile.write(png, to: target, named: output)
      context.errors.writeLine("wrote \(output)")
      return .success
    }
  }

  /// The segment with all its takes; the one in the film is that of its lock, where it has one.
  private func shown(in plan: Plan, _ locks: [ClipLock]) -> (segment: Segment, isLocked: Bool)? {
    for film in plan.films {
      guard var found = film.segments.first(where: { $0.id == segment }) else { continue }
      let lock = locks.first {
        $0.film == film.name && $0.segment == segment && $0.holds(on: plan.backend)
      }
      guard let lock else { return (found, false) }
      let planned = found.chosen
      for index in found.takes.indices {
        found.takes[index].isChosen = found.takes[index].key == lock.key
      }
      if !found.takes.contains(where: \.isChosen) {
        // Its recipe has moved since: none of the takes of now is the one that is kept.
        found.takes.append(
          Take(
            number: lock.take, seed: lock.seed ?? planned.seed, key: lock.key, price: planned.price,
            listPrice: planned.listPrice, isChosen: true))
      }
      return (found, true)
    }
    return nil
  }
}
