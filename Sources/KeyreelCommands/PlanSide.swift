internal import KeyreelCore
internal import PipelineLanguage
internal import Review
internal import Storage
internal import SystemPackage

/// One side of a comparison: a pipeline, a saved plan, or a pipeline of a git revision.
struct PlanSide {
  let name: String
  let plan: PlanFile
  /// What the plan was made from; `nil` for a saved plan.
  let work: PipelineWork?

  /// What `name` means.
  enum Kind {
    case pipeline
    case saved(PlanFile)
    case revision(GitRevision)
  }

  /// Finds out what `name` means; reads saved plans.
  static func kind(of name: String, in surroundings: Surroundings) throws -> Kind {
    if let revision = GitRevision(name, in: surroundings.workingFolder) {
      return .revision(revision)
    }
    let path = surroundings.workingFolder.pushing(FilePath(name))
    let bytes = try PipelineFile.read(path, named: name)
    guard PipelineFile.isSavedPlan(bytes) else { return .pipeline }
    return .saved(try SavedPlan.read(bytes, named: name))
  }

  /// Plans the side where it is not a plan already; `nil` when the pipeline is invalid, which has been told.
  ///
  /// `maker` is whom the other side is for, when that one is saved and nobody said otherwise.
  static func load(
    _ name: String, _ kind: Kind, maker: String?, _ options: PipelineOptions, scratch: FilePath,
    _ context: CommandContext
  ) async throws -> PlanSide? {
    var request = options.request(name)
    request.maker = maker
    switch kind {
    case .saved(let plan): return PlanSide(name: name, plan: plan, work: nil)
    case .pipeline: break
    case .revision(let revision):
      request = try await Self.request(revision, request, scratch, context.surroundings)
    }
    let work = try await PipelineWork.prepare(request, in: context.surroundings)
    defer { work.store.close() }
    guard context.tell(work, quiet: true), let plan = work.plan else { return nil }
    return PlanSide(
      name: name, plan: try work.planFile(try work.forecast(plan)), work: work)
  }

  /// Lays the revision's files out and points the request to them; the store stays the one of the project.
  private static func request(
    _ revision: GitRevision, _ request: PipelineWork.Request, _ scratch: FilePath,
    _ surroundings: Surroundings
  ) async throws -> PipelineWork.Request {
    let git = GitProgram(
      folder: surroundings.workingFolder, scratch: scratch, environment: surroundings.environment)
    try AuthoredFile.makeFolder(scratch)
    let name = revision.name
    let laid = try await OwnThread.run { _ in
      try revision.checkOut(git) { file, pipeline in
        let bytes = try PipelineFile.read(file, named: name)
        return PipelineLoader(path: pipeline, displayPath: name, allowsOutside: true).load(bytes)
          .documents.flatMap(\.references).compactMap(\.value.path)
      }
    }
    var request = request
    request.file = laid.pipeline.string
    request.called = name
    request.store.root = laid.root
    request.factsFolder = scratch
    return request
  }
}
