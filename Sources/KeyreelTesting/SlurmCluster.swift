public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A real Slurm of four nodes on this machine, brought up and down by `Tests/slurm_cluster.py`.
public final class SlurmCluster: Sendable {
  /// Whether Slurm's daemons and commands are installed.
  public static let isInstalled = ["slurmctld", "slurmd", "munged", "sbatch", "squeue"].allSatisfy {
    name in
    searchPath.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  /// The `PATH`, with the folders of daemons.
  private static let searchPath =
    (getenv("PATH").map { String(cString: $0) } ?? "") + ":/usr/sbin:/sbin"

  /// Where its keys, configuration, state and logs are.
  public var folder: FilePath { scratch.path }
  /// What points clients at it.
  public var environment: [String: String] {
    ["SLURM_CONF": scratch.path.appending("slurm.conf").string, "PATH": Self.searchPath]
  }

  private let scratch: ScratchFolder
  private let process: ChildProcess
  private let input: FileDescriptor
  private let obeyed = Locked(0)

  /// Starts a cluster with the lines `settings` in its `slurm.conf`; returns when its nodes are idle.
  public init(settings: [String] = []) async throws {
    scratch = try ScratchFolder()
    let (toScript, input) = try ClosedOnExec.pipe()
    defer { close(toScript) }
    let script = Checkout.root.appending("Tests/slurm_cluster.py")
    self.input = FileDescriptor(rawValue: input)
    process = try ChildProcess(
      [Checkout.python, script.string, scratch.path.string] + settings.flatMap { ["--set", $0] },
      input: FileDescriptor(rawValue: toScript), limit: .seconds(3600))
    try await answer("ready", 1)
  }

  deinit {
    // The end of its input has the script end all that it started; the folder goes after that.
    try? input.close()
    _ = try? process.wait()
  }

  /// Has the script do `order`, such as `kill-node n2`; returns when it is done.
  public func obey(_ order: String) async throws {
    _ = try input.writeAll((order + "\n").utf8)
    let count = obeyed.withLock { count in
      count += 1
      return count
    }
    try await answer("done", count)
  }

  private func answer(_ word: String, _ count: Int) async throws {
    while process.written.split(separator: "\n").count(where: { $0 == word }) < count {
      guard process.isRunning else {
        throw ChildProcess.Failure(description: "the cluster ended:\n\(process.written)")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
