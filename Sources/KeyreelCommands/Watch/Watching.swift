internal import ArgumentParser
internal import Execution
internal import KeyreelCore
internal import Reporting
internal import Storage
internal import SystemPackage

/// Rounds of `keyreel watch`: plan, render what changed, join, show; then wait for the next save.
struct Watching: Sendable {
  let request: PipelineWork.Request
  let context: CommandContext
  /// Where the films and the page go.
  let folder: FilePath
  /// What the browser sees; `nil` when nothing is served.
  let pages: LivePages?

  private let thumbnails = Thumbnails()

  init(
    request: PipelineWork.Request, context: CommandContext, folder: FilePath, pages: LivePages?
  ) {
    self.request = request
    self.context = context
    self.folder = folder
    self.pages = pages
  }

  /// Runs until the task is cancelled.
  func run() async throws {
    var files: Set<FilePath> = [context.surroundings.workingFolder.pushing(FilePath(request.file))]
    var told: [Diagnostic]?
    while !Task.isCancelled {
      // Taken before anything is read: what is saved meanwhile is a change.
      var known = FileStamps(of: files)
      let begin = ContinuousClock.now
      let work = await prepared(&told)
      if let work {
        let read = self.files(of: work)
        if read != files {
          files.formUnion(read)
          known = FileStamps(of: files)
        }
      }
      try await round(work, begin, until: files, changeSince: known)
    }
  }

  /// Renders, and waits for the next save; a save in the middle of a round begins the next one.
  private func round(
    _ work: PipelineWork?, _ begin: ContinuousClock.Instant, until files: Set<FilePath>,
    changeSince known: FileStamps
  ) async throws {
    try await withThrowingTaskGroup(of: Set<FilePath>?.self) { group in
      group.addTask {
        try await OwnThread.run { token in
          try FileWatcher().change(of: files, since: known, token: token)
        }
      }
      if let work, let plan = work.plan {
        group.addTask {
          await show(work, plan, begin)
          return nil
        }
      }
      while let changed = try await group.next() {
        guard let changed else { continue }
        let names = changed.map { $0.lastComponent?.string ?? $0.string }.sorted()
        context.errors.writeLine("saved: \(names.joined(separator: ", "))")
        group.cancelAll()
        // The render lets go of the store before the next one begins.
        while let _ = try? await group.next() {}
        return
      }
    }
  }

  /// The pipeline, with its mistakes told unless they are those of the last save; `nil` when it cannot
  /// even be read.
  private func prepared(_ told: inout [Diagnostic]?) async -> PipelineWork? {
    do {
      let work = try await PipelineWork.prepare(request, in: context.surroundings)
      if told != work.diagnostics { _ = context.tell(work) }
      told = work.diagnostics
      if work.plan == nil {
        let text = DiagnosticRenderer(sources: [work.project.displayPath: work.text], style: .plain)
          .text(for: work.diagnostics.filter { $0.severity == .error })
        wait(text)
      }
      return work
    } catch {
      told = nil
      _ = context.tell(error)
      wait("\(CommandFailure(error).error)")
      return nil
    }
  }

  /// Says that nothing is rendered until the next save, and why.
  private func wait(_ trouble: String) {
    pages?.tell(trouble)
    context.errors.writeLine("waiting for the next save")
  }

  /// Everything whose change means another film.
  private func files(of work: PipelineWork) -> Set<FilePath> {
    let sources = work.documents.flatMap(\.references).compactMap(\.value.path)
    return Set((sources + [work.project.pipeline]).map { work.project.root.pushing(FilePath($0)) })
      .union([context.surroundings.workingFolder.pushing(FilePath(request.file))])
  }

  // MARK: One round

  private func show(_ work: PipelineWork, _ plan: Plan, _ begin: ContinuousClock.Instant) async {
    defer { work.store.close() }
    do {
      let plan = placed(plan)
      let film = try FilmRun(
        work: work, plan: plan, part: .whole, executorOptions: .init(),
        spending: try SpendingOptions.parse([]))
      let reporters = try Reporters(
        events: nil, quiet: false, store: work.store.address, backend: plan.backend,
        context: context)
      defer { reporters.close() }
      let status = await film.run(reporters.watching)
      reporters.close()
      guard !Task.isCancelled else { return }
      reporters.remember(for: plan.pipeline, in: work.store)
      try await write(work, plan)
      if status == .success {
        let elapsed = ContinuousClock.now - begin
        context.errors.writeLine("\(summary(of: plan)) in \(Self.seconds(elapsed))")
      }
    } catch {
      guard !Task.isCancelled else { return }
      _ = context.tell(error)
    }
  }

  /// The plan with its films in the folder of previews: a preview never replaces a film.
  private func placed(_ plan: Plan) -> Plan {
    var plan = plan
    for index in plan.films.indices {
      plan.films[index].outputs = [folder.appending("film-\(index).mp4").string]
      plan.films[index].companions = []
    }
    return plan
  }

  private func write(_ work: PipelineWork, _ plan: Plan) async throws {
    var gatherer = ReportGatherer(work: work, plan: plan, thumbnails: thumbnails)
    gatherer.delivery = pages == nil ? .carried : .served
    let report = try await gatherer.gather(seenFrom: folder)
    if let pages {
      var films: [String: FilePath] = [:]
      for index in plan.films.indices {
        films["/film-\(index).mp4"] = folder.appending("film-\(index).mp4")
      }
      pages.show(ReportHTML(report.document, media: report.media, .live).bytes, films: films)
    } else {
      let page = folder.appending("report.html")
      try AuthoredFile.write(report.bytes(as: .html), to: page, named: page.string)
    }
  }

  private func summary(of plan: Plan) -> String {
    let films = plan.films.map { "\($0.name), \($0.frames) frames" }.joined(separator: "; ")
    return pages == nil ? "\(folder.appending("report.html")): \(films)" : films
  }

  private static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let hundredths = attoseconds / 10_000_000_000_000_000
    return "\(seconds).\(hundredths < 10 ? "0" : "")\(hundredths) s"
  }
}
