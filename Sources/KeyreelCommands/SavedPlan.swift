internal import KeyreelCore
internal import Review
internal import SystemPackage

/// A plan file that somebody reviewed, on its way to a run.
///
/// Nothing of it is obeyed: it names a pipeline, which is planned again, and what it says must be what
/// that gives.
struct SavedPlan {
  /// The file as the user named it.
  let name: String
  let file: PlanFile
  /// The pipeline, as one would type it in the working folder.
  let pipeline: String

  /// The plan in the file `name`; `nil` when that file is a pipeline.
  ///
  /// Its pipeline is looked for below `root`, or below the roots of the working folder and of the plan.
  static func open(
    _ name: String, root: String? = nil, in surroundings: Surroundings
  ) throws -> SavedPlan? {
    let path = surroundings.workingFolder.pushing(FilePath(name))
    let bytes = try PipelineFile.read(path, named: name)
    guard PipelineFile.isSavedPlan(bytes) else { return nil }
    let file = try read(bytes, named: name)
    return SavedPlan(
      name: name, file: file,
      pipeline: try find(file.pipeline, planned: name, root: root, in: surroundings))
  }

  /// The plan in `bytes`; throws a ``CommandFailure`` with status 6 for one that this program cannot read.
  static func read(_ bytes: [UInt8], named name: String) throws -> PlanFile {
    do {
      return try PlanFile(reading: bytes)
    } catch .version(let version) {
      throw refusal(
        "\(name) is a plan of format version \(version); this Keyreel reads version "
          + "\(Plan.formatVersion)",
        remedy: "plan again with this Keyreel, and review that")
    } catch .broken(let complaint) {
      throw refusal(
        "\(name) is no plan that can be used: \(complaint)",
        remedy: "plan again: keyreel plan FILE -o \(ShellWord.quoted(name))")
    }
  }

  private static func refusal(_ message: String, remedy: String) -> CommandFailure {
    CommandFailure(OperationError(.corrupt, message, remedy: remedy), .planRefused)
  }

  /// The file of a root-relative `pipeline`: in the project that one is in, else in that of the plan.
  private static func find(
    _ pipeline: String, planned name: String, root: String?, in surroundings: Surroundings
  ) throws -> String {
    let path = FilePath(pipeline)
    guard !pipeline.isEmpty, path.isRelative,
      !path.components.contains(where: { $0.kind != .regular })
    else {
      throw refusal(
        "\(name) names the pipeline `\(pipeline)`, which is no path inside a project",
        remedy: "such a plan was not written by keyreel plan")
    }
    let folder = surroundings.workingFolder.pushing(FilePath(name)).removingLastComponent()
    let roots =
      root.map { [surroundings.workingFolder.pushing(FilePath($0)).lexicallyNormalized()] }
      ?? [surroundings.workingFolder, folder].map { Project.root(of: $0) }
    for root in roots {
      var found = root.pushing(path)
      guard AuthoredFile.exists(found) else { continue }
      let resolved = surroundings.workingFolder.resolved ?? surroundings.workingFolder
      _ = found.removePrefix(resolved)
      return found.string
    }
    throw refusal(
      "\(name) is a plan of \(pipeline), which is not there",
      remedy: "run it in the project that the plan was made in")
  }

  /// How its pipeline is to be read again.
  func request(_ options: PipelineOptions) -> PipelineWork.Request {
    var request = options.request(pipeline)
    request.maker = file.backend
    return request
  }
}
