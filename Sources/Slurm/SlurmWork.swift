public import KeyreelCore

/// What jobs work on: a plan, with a store, for the films of one project.
///
/// Jobs are known by this and never by their ids alone: a controller that dies hands ids out again.
public struct SlurmWork: Hashable, Sendable {
  /// Digest of the plan, with all that it holds fast.
  public let plan: Digest
  /// Where it is done: 16 digits of the digest of the store's address and the project's folder.
  public let place: String
  /// The project: 16 digits of the digest of its folder.
  public let project: String
  /// The pipeline file, relative to the project's folder.
  public let pipeline: String

  /// The work on `plan` of `pipeline` in the project at `root`, an absolute path, with the store `store`.
  public init(plan: Digest, pipeline: String, root: String, store: String) {
    self.plan = plan
    self.pipeline = pipeline
    place = Self.short(Digest.of("\(store)\n\(root)"))
    project = Self.short(Digest.of(root))
  }

  init(plan: Digest, place: String, project: String, pipeline: String) {
    self.plan = plan
    self.place = place
    self.project = project
    self.pipeline = pipeline
  }

  /// What its jobs are called, `keyreel-1f6c0b9a02de4471`: the beginning of their names.
  public var name: String {
    SlurmNote.prefix + Self.short(Digest.of("\(plan.hex)\n\(place)"))
  }

  /// Whether both are of the same pipeline file, though perhaps of different plans.
  public func isOfPipeline(_ other: SlurmWork) -> Bool {
    project == other.project && pipeline == other.pipeline
  }

  /// Whether it is of the file `pipeline`, relative to the project's folder `root`.
  public func isOf(pipeline: String, root: String) -> Bool {
    project == Self.short(Digest.of(root)) && self.pipeline == pipeline
  }

  private static func short(_ digest: Digest) -> String { String(digest.hex.prefix(16)) }
}
