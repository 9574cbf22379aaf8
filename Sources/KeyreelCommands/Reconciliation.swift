internal import Execution
internal import FalBackend
internal import HTTP
internal import KeyreelCore
internal import Reporting
internal import Storage

/// Finds out what became of clips that were, or may have been, bought.
///
/// The provider's list of requests is held against the whole input that was sent, or that the plan would
/// send where the store remembers nothing: a lost disk loses no clip that the provider still keeps.
struct Reconciliation {
  /// A clip that is not in the store.
  struct Case {
    /// `valley/dawn-noon`, or the key of a clip that the pipeline has no more.
    var name: String
    var key: RecipeKey
    var recipe: Recipe
    var price: PriceRange
    var state: ClaimState
    /// What it was made of where the pipeline still has it.
    var job: ClipJob?
  }

  let work: PipelineWork
  let plan: Plan
  let orders: ReconcileOrders
  /// Told of clips that have to be fetched.
  let reporter: any Reporter

  /// Everything that is open, settled as far as it can be; throws what keeps it from being known.
  func run() async throws -> [ClaimRow] {
    let cases = try openCases()
    try orders.check(against: cases)
    var rows: [ClaimRow] = []
    var pending: [Case] = []
    for item in cases {
      if let row = try await decided(item) { rows.append(row) } else { pending.append(item) }
    }
    rows += try await settled(pending)
    while try await fetchLinks() {
      // What was adopted a moment ago is found as bought now.
      let known = Set(rows.map(\.key))
      rows += try await settled(try openCases()).filter { !known.contains($0.key) }
    }
    return rows
  }

  /// What is known of `pending` now; requests that fit are adopted.
  private func settled(_ pending: [Case]) async throws -> [ClaimRow] {
    var rows: [ClaimRow] = []
    let lookup = pending.filter { if case .ticketed = $0.state { false } else { true } }
    let findings = lookup.isEmpty ? [:] : try await look(for: lookup)
    for item in pending {
      if let row = try await settled(item, findings[item.key]) { rows.append(row) }
    }
    return rows
  }

  /// The clips of the plan that are not in the store, and what else the store remembers as begun.
  func openCases() throws -> [Case] {
    try CommandFailure.atStore {
      var cases: [Case] = []
      try work.store.lookUp(plan.clipJobs.map(\.key))
      for job in plan.clipJobs where job.lock == nil {
        guard try work.store.receipt(for: job.key) == nil else { continue }
        let open = try work.store.openClaim(job.key)
        let take = job.segment.takes.count > 1 ? " take \(job.name.take)" : ""
        cases.append(
          Case(
            name: job.name.segment + take, key: job.key, recipe: job.recipe,
            price: open?.reserved ?? job.price, state: open?.state ?? .open, job: job))
      }
      let planned = Set(plan.clipJobs.map(\.key))
      for claim in try work.store.openClaims() where !planned.contains(claim.key) {
        guard let recipe = claim.recipe, recipe.backend == plan.backend else { continue }
        cases.append(
          Case(
            name: String(claim.key.description.prefix(12)), key: claim.key, recipe: recipe,
            price: claim.reserved, state: claim.state))
      }
      return cases
    }
  }

  /// What the author's word makes of `item`; `nil` where it says nothing.
  private func decided(_ item: Case) async throws -> ClaimRow? {
    guard let order = orders.order(for: item) else { return nil }
    switch order {
    case .forget:
      // What has a ticket was accepted, whatever the author makes of it.
      let isBought = if case .ticketed = item.state { true } else { false }
      try await change(item) { claim in
        try claim.abandon("given up by the author", mayBeBilled: isBought)
      }
      return row(item, .forgotten)
    case .resubmit:
      try await change(item) { claim in
        try claim.abandon("the author asked for another attempt", mayBeBilled: true)
      }
      return row(item, .resubmitted)
    case .adopt(let id):
      let offered = try await look(for: [item])
      try await adopt(try chosen(id, for: item, among: offered[item.key]), for: item)
      return row(item, .adopted, request: id)
    }
  }

  /// The author's choice, which must be one of those that fit.
  private func chosen(
    _ id: String, for item: Case, among finding: RequestMatching.Finding?
  ) throws -> FalRecords.Request {
    let candidates: [FalRecords.Request] =
      switch finding {
      case .one(let request): [request]
      case .several(let requests): requests
      case Optional.none, .some(.none): []
      }
    if let request = candidates.first(where: { $0.id == id }) { return request }
    throw CommandFailure(
      OperationError(
        .notFound, "the request \(id.prefix(64)) is none that \(item.name) may have sent",
        remedy: candidates.isEmpty
          ? "the provider lists no request with its input"
          : "choose among " + candidates.map(\.id).joined(separator: ", ")), .usage)
  }

  private func settled(
    _ item: Case, _ finding: RequestMatching.Finding?
  ) async throws -> ClaimRow? {
    if case .ticketed(let ticket) = item.state { return row(item, .bought, request: ticket.id) }
    switch finding {
    case .one(let request):
      try await adopt(request, for: item)
      return row(item, .adopted, request: request.id)
    case .several(let requests):
      return row(item, item.state == .open ? .offered : .several, candidates: requests)
    case Optional.none, .some(.none):
      // What was never begun, and is not listed, is just work to do.
      return item.state == .open ? nil : row(item, .unknown)
    }
  }

  private func row(
    _ item: Case, _ state: ClaimRow.State, request: String? = nil,
    candidates: [FalRecords.Request] = []
  ) -> ClaimRow {
    ClaimRow(
      name: item.name, key: item.key, state: state, price: item.price, request: request,
      candidates: candidates.map { .init(id: $0.id, sent: $0.sentAt, ended: $0.endedAt) })
  }

  /// Makes `request` the clip's own; the next run collects it.
  private func adopt(_ request: FalRecords.Request, for item: Case) async throws {
    guard let account = work.account else { return }
    let ticket = Ticket(
      id: request.id, endpoint: item.recipe.model, backend: plan.backend,
      account: account.key.fingerprint)
    try await change(item) { claim in
      if case .open = try claim.state {
        // Sent by a store that is lost; its pictures are named by their bytes.
        try claim.begin(input: request.input?.text ?? "{}", reserved: item.price)
      }
      try claim.accept(ticket)
    }
  }

  private func change(_ item: Case, _ body: (any Claim) throws -> Void) async throws {
    do {
      let claim = try await work.store.claim(item.recipe, waits: false)
      defer { claim.release() }
      // Somebody may have been at it since it was listed.
      guard try claim.state == item.state else {
        throw OperationError(
          .busy, "\(item.name) has changed meanwhile", remedy: "run keyreel reconcile again")
      }
      try body(claim)
    } catch let error as OperationError {
      throw CommandFailure(error, ExitStatus(ofStore: error))
    }
  }
}
