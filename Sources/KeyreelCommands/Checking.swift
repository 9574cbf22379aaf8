internal import ArgumentParser
internal import KeyreelCore
internal import PipelineLanguage
internal import Reporting
internal import Review
internal import Storage
internal import SystemPackage

/// A round of `keyreel check` over several files: what was found, and how it is told.
struct Checking {
  /// How what is found is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case text
    /// Annotations of GitHub Actions.
    case github
    /// SARIF 2.1.0.
    case sarif
    /// GitLab's code quality report.
    case gitlab
  }

  let format: Format
  let context: CommandContext
  /// What the files together mean for the caller.
  private(set) var status = ExitStatus.success
  private var found: [Diagnostic] = []
  /// What stopped the look at a file, which is no mistake with a place.
  private var failures: [String] = []

  init(_ format: Format, _ context: CommandContext) {
    self.format = format
    self.context = context
  }

  /// The rules to check against; `nil` without a policy, or with one that allows nothing.
  mutating func rules(_ options: PolicyOptions) async -> Policy? {
    do {
      guard let read = try await options.read(context.surroundings) else { return nil }
      if read.policy == nil { status = .pipelineInvalid }
      tell(read.diagnostics, of: [read.name: read.text])
      return read.policy
    } catch {
      fail(error)
      return nil
    }
  }

  /// Looks at one file, a pipeline or a lock file.
  mutating func check(
    _ file: String, _ options: PipelineOptions, against rules: Policy?
  ) async {
    do {
      // A pattern such as *.yaml finds locks too; alone, only their text can be checked.
      if file.hasSuffix(LockFile.ending) { return try checkLock(file) }
      let work = try await PipelineWork.prepare(options.request(file), in: context.surroundings)
      defer { work.store.close() }
      let findings = try findings(rules, work)
      if work.plan == nil { status = .pipelineInvalid }
      if status == .success, findings.contains(where: { $0.severity == .error }) {
        status = .policyDenied
      }
      tell(
        work.diagnostics + findings,
        of: [work.project.displayPath: work.text, work.lock.name: work.lock.text], file)
    } catch {
      fail(error)
    }
  }

  /// Prints what is not printed yet: reports for machines are whole documents.
  func finish() {
    switch format {
    case .text: break
    case .github: context.output.write(AnnotationLines(found).text)
    case .sarif:
      context.output.write(
        SARIFReport(found, failures: failures, version: Version.number).text)
    case .gitlab: context.output.write(CodeQualityReport(found).text)
    }
  }

  private mutating func checkLock(_ file: String) throws {
    let bytes = try PipelineFile.read(
      context.surroundings.workingFolder.pushing(FilePath(file)), named: file)
    let loaded = LockFile.load(bytes, file: file)
    if loaded.diagnostics.contains(where: { $0.severity == .error }) { status = .pipelineInvalid }
    tell(loaded.diagnostics, of: [file: loaded.text], file)
  }

  private func findings(_ rules: Policy?, _ work: PipelineWork) throws -> [Diagnostic] {
    guard let rules, let plan = work.plan else { return [] }
    return PolicyJudge(
      rules, on: try work.planFile(try work.forecast(plan)), documents: work.documents,
      file: work.project.displayPath
    ).findings
  }

  // MARK: Telling

  private mutating func fail(_ error: any Error) {
    status = context.tell(error)
    failures.append(CommandFailure(error).error.description)
  }

  /// Remembers `diagnostics` for reports; people are told at once, and how many there are in `file`.
  private mutating func tell(
    _ diagnostics: [Diagnostic], of sources: [String: String], _ file: String? = nil
  ) {
    guard format == .text else {
      // A lock is looked at with its pipeline and by itself.
      found += diagnostics.filter { !found.contains($0) }
      return
    }
    let isSound = context.tell(diagnostics, of: sources)
    guard let file else { return }
    let errors = diagnostics.count { $0.severity == .error }
    let remarks = diagnostics.count - errors
    let warnings = remarks == 0 ? "" : " (\(count(remarks, "warning")))"
    context.output.writeLine(
      "\(file): " + (isSound ? "ok\(warnings)" : count(errors, "error")))
  }

  private func count(_ number: Int, _ word: String) -> String {
    "\(number) \(word)\(number == 1 ? "" : "s")"
  }
}
