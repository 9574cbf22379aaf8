internal import Execution
internal import FalBackend
internal import FoundationEssentials
internal import HTTP
internal import Keyframes
internal import KeyreelCore
internal import Storage

extension Reconciliation {
  /// Clocks of two machines differ by less.
  private static let clockSkew = 300.0
  /// How far back a request of which nothing is remembered here is looked for, where no profile tells.
  private static let retentionDays = 30

  /// What the provider has for each of `cases`, by key.
  func look(for cases: [Case]) async throws -> [RecipeKey: RequestMatching.Finding] {
    guard let account = work.account, account.addresses.platform != nil else {
      throw CommandFailure(
        OperationError(
          .unsupported, "nobody knows where \(plan.backend) lists its requests",
          remedy: "set FAL_PLATFORM_HOST; --forget and --resubmit need no list"), .usage)
    }
    var settings = try account.settings()
    // Whatever way pictures travelled, they are compared by their bytes.
    settings.upload = .inline
    let session = HTTPSession(settings.session)
    let sent = SentInput(work.profiles, session: session)
    let intents = try await intents(of: cases, settings, sent)
    var requests: [FalRecords.Request] = []
    for (endpoint, intents) in Dictionary(grouping: intents, by: \.endpoint) {
      let listed = try await FalRecords(settings, session: session).requests(
        of: endpoint, from: begin(of: intents, endpoint), to: time(60))
      requests += await naming(listed, like: intents, sent)
    }
    let owned = try CommandFailure.atStore {
      Set(try work.store.ledger().compactMap { $0.ticket?.id })
    }
    return RequestMatching.findings(for: intents, among: requests, owned: owned)
  }

  /// What was sent, or would be sent, for each case; those that cannot be sent yet are left out.
  private func intents(
    of cases: [Case], _ settings: FalSettings, _ sent: SentInput
  ) async throws -> [RequestMatching.Intent] {
    let backend = FalBackend(settings, profiles: work.profiles, uploads: NoUploads())
    var intents: [RequestMatching.Intent] = []
    for item in cases {
      let remembered = try CommandFailure.atStore { try work.store.sentInput(of: item.key) }
      let isBegun = item.state != .open
      let known = isBegun ? remembered : nil
      var text = known?.text
      if text == nil { text = try await wouldSend(item, backend) }
      guard let text, let input = await sent.naming(text, endpoint: item.recipe.model)
      else { continue }
      intents.append(
        .init(
          key: item.key, endpoint: item.recipe.model, input: input, begunAt: known?.begun))
    }
    return intents
  }

  private func wouldSend(_ item: Case, _ backend: FalBackend) async throws -> String? {
    guard let job = item.job, let first = try await picture(job.segment.first),
      let last = try await picture(job.segment.last)
    else { return nil }
    let order = GenerationOrder(label: item.name, recipe: job.recipe, first: first, last: last)
    return try await backend.prepare(order).input
  }

  /// The earliest time at which one of `intents` may have been sent.
  private func begin(of intents: [RequestMatching.Intent], _ endpoint: String) -> String {
    let days =
      work.profiles.first { $0.id == endpoint }?.retentionDays ?? Self.retentionDays
    let oldest = -Double(days) * 86_400
    guard intents.allSatisfy({ $0.begunAt != nil }),
      let first = intents.compactMap(\.begunAt).min(),
      let date = try? Date.ISO8601FormatStyle().parse(first)
    else { return time(oldest) }
    return date.addingTimeInterval(-Self.clockSkew).ISO8601Format()
  }

  private func time(_ offset: Double) -> String {
    Date().addingTimeInterval(offset).ISO8601Format()
  }

  /// `requests` with their pictures named by their bytes; only those whose other settings fit are read.
  private func naming(
    _ requests: [FalRecords.Request], like intents: [RequestMatching.Intent], _ sent: SentInput
  ) async -> [FalRecords.Request] {
    let wanted = Set(intents.compactMap { sent.settings(of: $0.input, endpoint: $0.endpoint) })
    var named: [FalRecords.Request] = []
    for var request in requests {
      guard let text = request.input?.text,
        let settings = sent.settings(of: text, endpoint: request.endpoint),
        wanted.contains(settings), let name = await sent.naming(text, endpoint: request.endpoint)
      else { continue }
      request.input = CanonicalInput(name)
      named.append(request)
    }
    return named
  }
}

/// Remembers no uploads, because none are made.
struct NoUploads: UploadMemory {
  func address(of digest: Digest, at origin: String) -> String? { nil }
  func remember(
    _ address: String, of digest: Digest, at origin: String, lifetime: Duration
  ) {}
}
