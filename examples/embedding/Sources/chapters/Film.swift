import AnimaticBackend
import Execution
import Keyframes
import KeyreelCore
import Media
import ModelCatalog
import PipelineLanguage
import Planning
import Stitching
import Storage
import SystemPackage

/// A pipeline on its way to a film: the whole of Keyreel in four calls.
struct Film {
  let root: FilePath
  let store: DirectoryStore
  let library: KeyframeLibrary
  let plan: Plan

  /// Loads the pipeline at root-relative `path`, looks at its pictures and plans it.
  ///
  /// `nil` when there are mistakes; all of them are handed to `tell`.
  init?(_ path: String, root: FilePath, tell: (Diagnostic) -> Void) async throws {
    self.root = root
    store = try DirectoryStore(at: root.appending(".keyreel"))
    library = KeyframeLibrary(
      root: root, factsFolder: store.factsFolder, sourcesFolder: store.sourcesFolder)

    let loaded = PipelineLoader(path: path, displayPath: path)
      .load(try bytes(of: root.pushing(FilePath(path))))
    let facts = await library.facts(for: loaded.documents.flatMap(\.references).map(\.value))
    let planned = Planner(profiles: try ModelCatalog.builtIn().profiles)
      .plan(loaded.documents, facts: facts, backend: AnimaticBackend().identity)

    (loaded.diagnostics + planned.diagnostics).forEach(tell)
    guard !loaded.hasErrors, let plan = planned.plan else { return nil }
    self.plan = plan
  }

  /// Makes the clips that are missing and joins the first film into `output`.
  func make(into output: FilePath, reporter: any Reporter) async throws -> StitchReport? {
    let executor = PlanExecutor(
      store: store, backend: AnimaticBackend(), pictures: library, inspector: StrictInspector(),
      reporter: reporter)
    let result = await executor.run(plan)
    guard result.isComplete, let film = plan.films.first else { return nil }

    var stills: [PictureRecipe: FittedPicture] = [:]
    for case .still(let use) in film.assembly.pieces.map(\.source) {
      stills[use.recipe] = try await library.picture(use)
    }
    let sources = FilmSources(
      clip: { [store] key in
        guard let receipt = result.receipts[key] else { throw Missing(what: "clip \(key)") }
        return try store.clip(receipt)
      },
      file: { [root] in root.pushing(FilePath($0)) },
      still: { [stills] use in
        guard let still = stills[use.recipe] else { throw Missing(what: use.name) }
        return still
      })
    // Stitching computes for long; Swift's own threads are kept free for others.
    return try await OwnThread.run { _ in
      try Stitcher().stitch(film.assembly, from: sources, into: output, title: film.name)
    }
  }
}

/// Something that the plan names and the store does not have.
struct Missing: Error {
  var what: String
}

private func bytes(of file: FilePath) throws -> [UInt8] {
  let descriptor = try FileDescriptor.open(file, .readOnly)
  defer { try? descriptor.close() }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}
