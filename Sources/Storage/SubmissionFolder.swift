public import SystemPackage

/// Where a plan that was handed to a cluster lies, and the logs of its jobs.
///
/// It holds nothing that is needed to go on: what is done is in the store, what is being done is in the
/// cluster's queue.
public enum SubmissionFolder {
  /// The folder `name` in the project at `root`, with `plan` in it as `plan.json`; made where missing.
  ///
  /// A plan that is there is replaced in one step: who reads it has the one or the other.
  public static func prepare(
    _ name: String, root: FilePath, plan: [UInt8]
  ) throws -> FilePath {
    let folder = root.appending(".keyreel").appending("slurm").appending(name)
    try Disk.makeFolders(folder)
    let draft = folder.appending(".plan.\(UInt64.random(in: 0 ... .max))")
    try Disk.replace(plan, at: folder.appending("plan.json"), through: draft)
    return folder
  }
}
