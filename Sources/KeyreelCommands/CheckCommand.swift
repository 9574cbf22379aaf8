internal import ArgumentParser
internal import KeyreelCore
internal import PipelineLanguage
internal import Reporting
internal import Review
internal import SystemPackage

/// `keyreel check FILE…`: finds all mistakes of pipelines, and does nothing else.
struct CheckCommand: AsyncParsableCommand {
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

  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Finds all mistakes in pipeline files.",
    discussion: """
      Loads each file, looks at the pictures, clips and sound it names, and plans it. Every mistake is \
      told with its place and what to do. Exits with 3 when any file has an error.

      Examples:
        keyreel check pipelines/*.yaml
        keyreel check --format sarif pipelines/*.yaml > keyreel.sarif
      """)

  @Argument(help: "The pipeline files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String]

  @Option(help: "text for people; github, sarif and gitlab for code hosts.")
  var format = Format.text

  @OptionGroup var policy: PolicyOptions

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      let rules = try await policy.rules(context)
      if policy.policy != nil, rules == nil { return .pipelineInvalid }
      var status = ExitStatus.success
      var all: [Diagnostic] = []
      for file in files {
        do {
          // A pattern such as *.yaml finds locks too; alone, only their text can be checked.
          if file.hasSuffix(LockFile.ending) {
            let lock = try PipelineFile.read(
              context.surroundings.workingFolder.pushing(FilePath(file)), named: file)
            let loaded = LockFile.load(lock, file: file)
            let isSound = context.tell(loaded.diagnostics, of: loaded.text, named: file)
            let errors = loaded.diagnostics.count { $0.severity == .error }
            context.output.writeLine("\(file): " + (isSound ? "ok" : count(errors, "error")))
            if !isSound { status = .pipelineInvalid }
            continue
          }
          let work = try await PipelineWork.prepare(
            options.request(file), in: context.surroundings)
          let findings = try findings(rules, work)
          all += work.diagnostics + findings
          if format == .text { tell(work.diagnostics + findings, work, file, context) }
          if work.plan == nil { status = .pipelineInvalid }
          if status == .success, findings.contains(where: { $0.severity == .error }) {
            status = .policyDenied
          }
        } catch {
          status = context.tell(error)
        }
      }
      context.output.write(text(of: all))
      return status
    }
  }

  private func findings(_ rules: Policy?, _ work: PipelineWork) throws -> [Diagnostic] {
    guard let rules, let plan = work.plan else { return [] }
    return PolicyJudge(
      rules, on: try work.planFile(try work.forecast(plan)), documents: work.documents,
      file: work.project.displayPath
    ).findings
  }

  private func text(of diagnostics: [Diagnostic]) -> String {
    switch format {
    case .text: ""
    case .github: AnnotationLines(diagnostics).text
    case .sarif: SARIFReport(diagnostics, version: Version.number).text
    case .gitlab: CodeQualityReport(diagnostics).text
    }
  }

  private func tell(
    _ diagnostics: [Diagnostic], _ work: PipelineWork, _ file: String, _ context: CommandContext
  ) {
    let errors = diagnostics.count { $0.severity == .error }
    let remarks = diagnostics.count - errors
    if context.tell(diagnostics, of: work.text, named: work.project.displayPath) {
      let warnings = remarks == 0 ? "" : " (\(count(remarks, "warning")))"
      context.output.writeLine("\(file): ok\(warnings)")
    } else {
      context.output.writeLine("\(file): \(count(errors, "error"))")
    }
  }

  private func count(_ number: Int, _ word: String) -> String {
    "\(number) \(word)\(number == 1 ? "" : "s")"
  }
}
