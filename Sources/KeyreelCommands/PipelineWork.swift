internal import Keyframes
internal import KeyreelCore
internal import ModelCatalog
internal import PipelineLanguage
internal import Planning
internal import Reporting
internal import Storage
internal import SystemPackage

/// A pipeline file on its way to a plan: loaded, its sources looked at, planned.
struct PipelineWork {
  /// How a pipeline is to be read.
  struct Request {
    var file: String
    /// What messages call the file, where that is not how it is found.
    var called: String?
    /// Where facts of files are kept, where not in the store.
    var factsFolder: FilePath?
    var backend: String?
    /// The maker of clips that a saved plan is for; it must be one that is known here.
    var maker: String?
    var store = StoreChoice()
    /// The project's root, where it is not to be looked for.
    var root: String?
    /// Where the paths of films begin, where not at the root.
    var filmFolder: String?
    var allowsOutside = false
    /// Whether clips are to be made, for which some makers want a key.
    var needsAccount = false
    /// Whether locked segments keep their clips, or are planned as if nothing were locked.
    var usesLocks = true
  }

  let project: Project
  let store: any ProjectStore
  let library: KeyframeLibrary
  let text: String
  /// The lock file beside the pipeline.
  let lock: PipelineLock
  let documents: [PipelineDocument]
  /// What is known of every file that the pipeline names.
  let facts: SourceFacts
  let backend: BackendChoice
  /// Who pays; `nil` where nothing is paid for, or nothing is to be made.
  let account: FalAccount?
  /// The models that are known here.
  let profiles: [ModelProfile]
  let plan: Plan?
  /// Mistakes and remarks of the loader, the sources and the planner, in the order of the file.
  let diagnostics: [Diagnostic]

  /// Loads and plans; throws an ``OperationError`` only where the world fails.
  static func prepare(
    _ request: Request, in surroundings: Surroundings
  ) async throws -> PipelineWork {
    let project = try project(request, in: surroundings)
    let loaded = try load(request, of: project, in: surroundings)
    let lock = try PipelineLock(
      of: request.file, called: project.displayPath, in: surroundings)
    let backend = try BackendChoice.choose(
      flag: request.backend, maker: request.maker, for: loaded.documents,
      environment: surroundings.environment)
    let account =
      request.needsAccount && backend.identity.isPriced
      ? try FalAccount(backend, in: surroundings) : nil
    let store = try CommandFailure.atStore {
      try request.store.open(root: project.root, in: surroundings)
    }
    let library = KeyframeLibrary(
      root: project.root, factsFolder: request.factsFolder ?? store.factsFolder,
      sourcesFolder: store.sourcesFolder)
    let catalog = try CommandFailure.meaning(.pipelineInvalid) {
      try ModelCatalog.load(folders: surroundings.profileFolders(root: project.root))
    }
    let references = loaded.documents.flatMap(\.references).map(\.value)
    let facts = await library.facts(
      for: references, allowsOutside: request.allowsOutside)
    var diagnostics = loaded.diagnostics + lock.loaded.diagnostics
    diagnostics += OutputPlaces(
      project: project, store: store.folder, allowsOutside: request.allowsOutside
    ).diagnostics(of: loaded.documents)
    let planned = Planner(profiles: catalog.profiles).plan(
      loaded.documents, facts: facts, backend: backend.identity,
      locks: request.usesLocks ? lock.loaded.locks : nil, after: diagnostics)
    diagnostics = planned.diagnostics
    let isValid = !diagnostics.contains { $0.severity == .error }
    return PipelineWork(
      project: project, store: store, library: library, text: loaded.text,
      lock: lock, documents: loaded.documents, facts: facts, backend: backend, account: account,
      profiles: catalog.profiles, plan: isValid ? planned.plan : nil,
      diagnostics: diagnostics)
  }

  /// Where the pipeline lives, and where its films go.
  private static func project(
    _ request: Request, in surroundings: Surroundings
  ) throws -> Project {
    let root = request.root.map {
      surroundings.workingFolder.pushing(FilePath($0)).lexicallyNormalized()
    }
    var project = Project(
      pipeline: request.file, workingFolder: surroundings.workingFolder, root: root)
    guard FilePath(project.pipeline).isRelative else {
      throw CommandFailure(
        OperationError(
          .unsupported, "\(request.file) is not in \(request.root ?? "the root")",
          remedy: "name with --root a folder above the pipeline"), .usage)
    }
    project.displayPath = request.called ?? request.file
    if let folder = request.filmFolder {
      let path = surroundings.workingFolder.pushing(FilePath(folder)).lexicallyNormalized()
      project.filmFolder = path.resolved ?? path
    }
    return project
  }

  /// Reads the pipeline file; looks at nothing else.
  static func load(
    _ request: Request, of project: Project, in surroundings: Surroundings
  ) throws -> LoadedPipeline {
    let bytes = try PipelineFile.read(
      surroundings.workingFolder.pushing(FilePath(request.file)), named: project.displayPath)
    guard !request.file.hasSuffix(LockFile.ending) else {
      let mistake = Diagnostic(
        .error, "KR0504", "this is a lock file, not a pipeline", file: project.displayPath, at: nil,
        suggestion: "name the pipeline beside it")
      return LoadedPipeline(documents: [], diagnostics: [mistake], text: "")
    }
    guard !PipelineFile.isSavedPlan(bytes) else {
      let mistake = Diagnostic(
        .error, "KR0503", "this is a saved plan, not a pipeline", file: project.displayPath,
        at: nil,
        suggestion: "`keyreel run` runs it, `keyreel diff` compares it; here, name its pipeline")
      return LoadedPipeline(documents: [], diagnostics: [mistake], text: "")
    }
    return PipelineLoader(
      path: project.pipeline, displayPath: project.displayPath, allowsOutside: request.allowsOutside
    ).load(bytes)
  }

  /// What a run would do now.
  ///
  /// A run that makes only a `part` asks the store for the clips of that part alone, and for no reasons
  /// why they have to be made: a thousand such runs would otherwise read a thousand times all that the
  /// store has. What is said of other clips then is that they are not there.
  func forecast(_ plan: Plan, asking part: RunPart = .whole) throws -> Forecast {
    let asked = part.asked(of: plan)
    let keys = asked.films.flatMap(\.segments).flatMap(\.takes).map(\.key)
    let locked = asked.films.flatMap(\.segments).compactMap(\.lock?.clip.key)
    let snapshot = try CommandFailure.atStore {
      var snapshot = try store.snapshot(
        of: keys, pipeline: part.isShard ? nil : plan.pipeline)
      try store.lookUp(locked)
      for key in locked { snapshot.locked[key] = try store.receipt(for: key) }
      return snapshot
    }
    return Forecaster().forecast(plan, snapshot: snapshot)
  }

  /// Whether the store has the clip of `lock`, with every byte.
  func hasWhole(_ lock: ClipLock) throws -> Bool {
    try CommandFailure.atStore {
      guard let receipt = try store.receipt(for: lock.key), lock.isClip(of: receipt) else {
        return false
      }
      do { _ = try store.clip(receipt) } catch let error as OperationError
        where error.code == .corrupt
      { return false }
      return true
    }
  }

  /// Throws when writing `path` would replace the pipeline or one of its pictures, clips or sounds.
  func refuseSource(_ path: FilePath, named name: String) throws {
    let path = path.lexicallyNormalized()
    let sources = documents.flatMap(\.references).compactMap(\.value.path) + [project.pipeline]
    guard
      sources.contains(where: { project.root.pushing(FilePath($0)) == path })
        || lock.path.lexicallyNormalized() == path
    else { return }
    throw CommandFailure(
      OperationError(
        .unsupported,
        "\(name) is the pipeline, its lock, or one of its sources; it is not overwritten",
        remedy: "name another file"), .usage)
  }

  /// The number of errors.
  var errorCount: Int { diagnostics.count { $0.severity == .error } }
}
