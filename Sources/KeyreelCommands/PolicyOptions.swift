internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import Review
internal import SystemPackage

/// Flags of commands that hold plans against a policy.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Hold the plan against this policy, a file or REVISION:FILE; exit with 8 when it denies.",
      valueName: "policy"))
  var policy: String?

  /// The status of holding `plan` against the policy, with everything told; success without a policy.
  func judge(
    _ plan: @autoclosure () throws -> PlanFile, changing before: PlanFile? = nil,
    _ work: PipelineWork?, named name: String,
    _ context: CommandContext
  ) async throws -> ExitStatus {
    guard policy != nil else { return .success }
    guard let rules = try await rules(context) else { return .pipelineInvalid }
    let findings = PolicyJudge(
      rules, on: try plan(), changing: before, documents: work?.documents, file: name
    ).findings
    return context.tell(findings, of: work?.text ?? "", named: name) ? .success : .policyDenied
  }

  /// The policy; `nil` when there is none or its mistakes have been told.
  func rules(_ context: CommandContext) async throws -> Policy? {
    guard let policy else { return nil }
    let bytes = try await bytes(of: policy, context.surroundings)
    let read = PolicyReader.read(bytes, file: policy)
    _ = context.tell(
      read.diagnostics, of: String(decoding: bytes, as: UTF8.self), named: policy)
    return read.policy
  }

  private func bytes(of name: String, _ surroundings: Surroundings) async throws -> [UInt8] {
    guard let revision = GitRevision(name, in: surroundings.workingFolder) else {
      return try PipelineFile.read(
        surroundings.workingFolder.pushing(FilePath(name)), named: name)
    }
    return try await ScratchFolder.with(surroundings.environment) { scratch in
      let git = GitProgram(
        folder: surroundings.workingFolder, scratch: scratch,
        environment: surroundings.environment)
      return try await OwnThread.run { _ in try revision.bytes(git) }
    }
  }
}
