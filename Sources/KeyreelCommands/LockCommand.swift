internal import ArgumentParser
internal import KeyreelCore
internal import PipelineLanguage
internal import Reporting
internal import Storage

/// `keyreel lock FILE [SEGMENT…]`: clips that are never made again.
struct LockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Locks segments to their clips, which are then never made again.",
    discussion: """
      Writes the chosen clips of the named segments, or of all that are made, to FILE's lock, \
      film.lock.yaml beside film.yaml. Commit it. A locked segment keeps its clip whatever becomes of \
      the pipeline; what has changed since is told. Where a locked clip is not in the store, a run \
      refuses instead of buying another.

      Examples:
        keyreel lock film.yaml --backend fal
        keyreel lock film.yaml valley/dawn-noon
        keyreel lock film.yaml --release valley/dawn-noon
        keyreel lock film.yaml --check
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Argument(help: "Segments, as `keyreel plan` names them; default: all that are made.")
  var segments: [String] = []

  @Flag(help: "Unlock the named segments instead.")
  var release = false

  @Flag(help: "With --release: unlock all segments.")
  var all = false

  @Flag(help: "Change nothing; exit with 6 where lock, pipeline and store do not agree.")
  var check = false

  @OptionGroup var options: PipelineOptions

  func validate() throws {
    if check, release || !segments.isEmpty {
      throw ValidationError("--check looks at the whole lock; it takes no segments.")
    }
    if all, !release || !segments.isEmpty {
      throw ValidationError("--all stands alone behind --release.")
    }
    if release, !all, segments.isEmpty {
      throw ValidationError("--release takes the segments to unlock, or --all.")
    }
  }

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      if release { return try LockRelease(file, segments, options, context).run() }
      let work = try await PipelineWork.prepare(options.request(file), in: context.surroundings)
      // Remarks on the pipeline are told by its other commands; those on the lock matter here.
      let own = work.diagnostics.filter { $0.severity == .error || $0.file == work.lock.name }
      let isSound = context.tell(
        own, of: [file: work.text, work.lock.name: work.lock.text])
      guard isSound, let plan = work.plan else { return .pipelineInvalid }
      if check { return try LockCheck(work: work, plan: plan, context: context).run() }
      return try Locking(work: work, plan: plan, context: context).lock(segments)
    }
  }
}
