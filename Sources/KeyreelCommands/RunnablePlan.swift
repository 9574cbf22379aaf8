internal import KeyreelCore
internal import Storage

/// A pipeline or a saved plan that may be run: planned, held against what was reviewed and the policy.
struct RunnablePlan {
  let work: PipelineWork
  let plan: Plan

  /// A plan, or why there is none; everything about that has been told.
  enum Outcome {
    case ready(RunnablePlan)
    case refused(ExitStatus)
  }

  /// Plans `file`, of which `part` is to be done.
  ///
  /// Whoever gets a plan closes its store.
  static func prepare(
    _ file: String, _ options: PipelineOptions, _ policy: PolicyOptions, part: RunPart,
    filmFolder: String? = nil, quiet: Bool, _ context: CommandContext
  ) async throws -> Outcome {
    let saved = try SavedPlan.open(file, root: options.root, in: context.surroundings)
    var request = saved?.request(options) ?? options.request(file)
    request.needsAccount = part.makesClips
    request.filmFolder = filmFolder
    let work = try await PipelineWork.prepare(request, in: context.surroundings)
    var isHandedOn = false
    // The room for drafts is emptied here and not at some time after the end.
    defer { if !isHandedOn { work.store.close() } }
    let isSound = context.tell(work, quiet: quiet)
    if let status = try saved?.check(work, making: part, context), status != .success {
      return .refused(status)
    }
    guard isSound, let plan = work.plan else { return .refused(.pipelineInvalid) }
    let verdict = try await policy.judge(
      try work.planFile(try work.forecast(plan)), work, named: work.project.displayPath, context)
    guard verdict == .success else { return .refused(verdict) }
    isHandedOn = true
    return .ready(RunnablePlan(work: work, plan: plan))
  }
}
