internal import ArgumentParser
internal import KeyreelCore
internal import PipelineLanguage
internal import Reporting
internal import SystemPackage

/// `keyreel check FILE…`: finds all mistakes of pipelines, and does nothing else.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Finds all mistakes in pipeline files.",
    discussion: """
      Loads each file, looks at the pictures, clips and sound it names, and plans it. Every mistake is \
      told with its place and what to do. Exits with 3 when any file has an error.

      Example: keyreel check pipelines/*.yaml
      """)

  @Argument(help: "The pipeline files.", completion: .file(extensions: ["yaml", "yml"]))
  var files: [String]

  @OptionGroup var options: PipelineOptions

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      var status = ExitStatus.success
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
          let remarks = work.diagnostics.count - work.errorCount
          if context.tell(work) {
            let warnings = remarks == 0 ? "" : " (\(count(remarks, "warning")))"
            context.output.writeLine("\(file): ok\(warnings)")
          } else {
            context.output.writeLine("\(file): \(count(work.errorCount, "error"))")
            status = .pipelineInvalid
          }
        } catch {
          status = context.tell(error)
        }
      }
      return status
    }
  }

  private func count(_ number: Int, _ word: String) -> String {
    "\(number) \(word)\(number == 1 ? "" : "s")"
  }
}
