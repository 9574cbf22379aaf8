internal import ArgumentParser
internal import KeyreelCore
internal import Reporting

/// `keyreel explain KR0012`: what a diagnostic code means.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Says what a diagnostic code means and what to do about it.",
    discussion: """
      Without a code, lists all of them. The same stands in docs/diagnostics.md.

      Examples:
        keyreel explain KR0012
        keyreel explain | less
      """)

  @Argument(help: "A code such as KR0012.")
  var code: String?

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      guard let code else {
        for explanation in Explanation.all {
          context.output.writeLine("\(explanation.code)  \(explanation.meaning)")
        }
        return .success
      }
      guard let explanation = Explanation.of(code) else {
        throw CommandFailure(
          OperationError(
            .notFound, "there is no diagnostic code `\(code)`",
            remedy: Spelling.suggestion(for: code.uppercased(), among: Explanation.all.map(\.code))
              ?? "`keyreel explain` lists all"), .usage)
      }
      context.output.writeLine(
        "\(explanation.code)  \(explanation.meaning)\n  help: \(explanation.remedy)")
      return .success
    }
  }
}
