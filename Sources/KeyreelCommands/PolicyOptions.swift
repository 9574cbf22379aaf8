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
    guard let read = try await read(context.surroundings) else { return .success }
    _ = context.tell(read.diagnostics, of: read.text, named: read.name)
    guard let rules = read.policy else { return .pipelineInvalid }
    let findings = PolicyJudge(
      rules, on: try plan(), changing: before, documents: work?.documents, file: name
    ).findings
    return context.tell(findings, of: work?.text ?? "", named: name) ? .success : .policyDenied
  }

  /// A policy as it was found: its text, and what is wrong with it.
  struct Read {
    /// The file as the user named it.
    var name: String
    var text: String
    /// `nil` when it has mistakes.
    var policy: Policy?
    var diagnostics: [Diagnostic]
  }

  /// The policy as it is written; `nil` without one.
  func read(_ surroundings: Surroundings) async throws -> Read? {
    guard let policy else { return nil }
    let bytes = try await bytes(of: policy, surroundings)
    let read = PolicyReader.read(bytes, file: policy)
    return Read(
      name: policy, text: String(decoding: bytes, as: UTF8.self), policy: read.policy,
      diagnostics: read.diagnostics)
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
