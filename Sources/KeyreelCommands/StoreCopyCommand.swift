internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import Storage

extension StoreCommand {
  /// `keyreel store copy A B`.
  struct Copy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "copy", abstract: "Copies clips and claims from one store to another.",
      discussion: """
        A store is a folder, s3://bucket/prefix or shared:folder. What is there already stays as it is, \
        so that a copy that was stopped is simply begun again. Every clip's bytes are compared with their \
        digest on the way.

        Examples:
          keyreel store copy .keyreel s3://clips/lake
          keyreel store copy s3://clips/lake shared:/mnt/clips
        """)

    @Argument(help: "The store to copy from.")
    var source: String

    @Argument(help: "The store to copy to; it is made if it is not there.")
    var destination: String

    func run() async throws {
      let context = CommandContext()
      try await context.run {
        let root = Project.root(of: context.surroundings.workingFolder)
        let (from, into) = try CommandFailure.atStore {
          (
            try StoreChoice(name: source, isReadOnly: StoreChoice.isShared(source))
              .open(root: root, in: context.surroundings),
            try StoreChoice(name: destination).open(root: root, in: context.surroundings)
          )
        }
        guard from.address != into.address else {
          throw CommandFailure(
            OperationError(.unsupported, "both are the store \(from.address)"), .usage)
        }
        defer {
          from.close()
          into.close()
        }
        return try await Interruption().guarding {
          let report = try await StoreCopy(from: from, to: into).run()
          context.output.writeLine(
            "copied \(report.clips) clips (\(report.byteCount) bytes) and \(report.claims) unfinished "
              + "claims; \(report.present) were there")
          for problem in report.problems { context.errors.writeLine("not copied: \(problem)") }
          return report.problems.isEmpty ? .success : .verificationFailed
        }
      }
    }
  }
}
