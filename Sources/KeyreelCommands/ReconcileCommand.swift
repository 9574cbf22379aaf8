internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import Storage

/// `keyreel reconcile FILE`: finds out what became of clips that may have been bought.
struct ReconcileCommand: AsyncParsableCommand {
  /// How the outcome is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// For programs.
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Finds out what became of clips that may have been bought.",
    discussion: """
      Compares what was sent, or would be sent, with the provider's own list of requests. A request \
      that fits is adopted: the next run collects it instead of buying it. What is not listed stays \
      unknown, because not listed is not the same as not sent; only your word changes that. Buys \
      nothing itself. Exits with 5 while something is unknown.

      Examples:
        keyreel reconcile film.yaml --backend fal
        keyreel reconcile film.yaml --adopt valley/dawn-noon=764cabcf-b745-4b3e-ae38-1200304cf45b
      """)

  @Argument(help: "The pipeline file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @OptionGroup var options: PipelineOptions

  @Option(
    help: ArgumentHelp(
      "This request of the provider is the segment's.", valueName: "segment=request"))
  var adopt: [String] = []

  @Option(
    help: ArgumentHelp("The segment's request was never accepted.", valueName: "segment"))
  var forget: [String] = []

  @Option(
    help: ArgumentHelp(
      "Let the next run send the segment again, although it may be billed twice.",
      valueName: "segment"))
  var resubmit: [String] = []

  @Option(help: "table for people, json for programs.")
  var format = Format.table

  func run() async throws {
    let context = CommandContext()
    try await context.run {
      var request = options.request(file)
      request.needsAccount = true
      let orders = try ReconcileOrders(adopt: adopt, forget: forget, resubmit: resubmit)
      let work = try await PipelineWork.prepare(request, in: context.surroundings)
      guard context.tell(work), let plan = work.plan else { return .pipelineInvalid }
      defer { work.store.close() }
      work.store.pipeline = plan.pipeline
      let reporters = try Reporters(
        events: nil, quiet: false, store: work.store.address, backend: plan.backend,
        context: context)
      defer { reporters.close() }
      let reconciliation = Reconciliation(
        work: work, plan: plan, orders: orders, reporter: reporters.reporter)
      return try await Interruption().guarding {
        let rows = plan.backend.isPriced ? try await reconciliation.run() : []
        let report = ReconcileReport(
          rows, backend: plan.backend, currency: plan.currency, style: context.outputStyle)
        context.output.write(format == .json ? report.json : report.text)
        return rows.contains { $0.state.isUndecided } ? .unknownSubmission : .success
      }
    }
  }
}
