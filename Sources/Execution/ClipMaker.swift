import KeyreelCore
import SystemPackage

/// Makes or finds one clip; every step leaves a record from which a later run can carry on.
struct ClipMaker: Sendable {
  let store: any ArtifactStore
  let backend: any GenerationBackend
  let pictures: PictureShelf
  let inspector: any ClipInspector
  let reporter: any Reporter
  let options: PlanExecutor.Options
  let places: InFlightLimit
  /// For the pictures of an order, until it is ready to be sent.
  let preparing: InFlightLimit
  /// For the work on a clip after its download.
  let finishing: InFlightLimit
  let purse: Purse

  /// How a job went; never an error, so that siblings go on.
  enum Outcome: Sendable {
    case made(Receipt, elapsed: Duration)
    case reused(Receipt)
    /// Another owner is making it.
    case parked
    case failed(OperationError)
    /// The maker takes nothing from this account until a person has acted.
    case held(OperationError)
    /// The store cannot keep anything; nothing new should be begun.
    case storeFailed(OperationError)
    case interrupted
    /// Stopped when the clip was bought and not here yet: a later run collects it.
    case leftToCollect
    /// The budget does not cover it.
    case unaffordable
  }

  /// The budget does not cover the clip.
  private struct Unaffordable: Error {}

  /// The run was stopped, and the provider has the clip or makes it.
  struct LeftToCollect: Error {}

  /// Finds the clip of `start`, or makes it.
  func outcome(of start: Schedule.Start) async -> Outcome {
    do {
      return try await attempt(start)
    } catch let failure as StoreFailure {
      return failure.error.code == .interrupted ? .interrupted : .storeFailed(failure.error)
    } catch let error as OperationError where error.code == .unknownSubmission {
      // It has to be told even when the run was stopped: money may have been spent.
      return .failed(error)
    } catch is LeftToCollect {
      return .leftToCollect
    } catch  where Task.isCancelled || error is CancellationError {
      return .interrupted
    } catch is Unaffordable {
      return .unaffordable
    } catch let error as OperationError {
      switch error.code {
      case _ where error.stopsAsking:
        places.hold(error)
        return .held(error)
      case .interrupted: return .interrupted
      case .diskFull: return .storeFailed(error)
      default: return .failed(error)
      }
    } catch {
      return .failed(OperationError(.inputOutput, "\(error)", underlying: error))
    }
  }

  private func attempt(_ start: Schedule.Start) async throws -> Outcome {
    let job = start.job
    if let receipt = try await soundReceipt(job.key) {
      guard let lock = job.lock, !lock.isClip(of: receipt) else { return .reused(receipt) }
      return .failed(Self.refusal(of: lock, .other))
    }
    if let lock = job.lock { return .failed(Self.refusal(of: lock, .missing)) }
    try Task.checkCancellation()
    let claim: any Claim
    do {
      claim = try await store.claim(job.recipe, waits: start.waits)
    } catch let error as OperationError where error.code == .busy {
      guard options.waits else { return .failed(error) }
      reporter.report(.waiting(job.name))
      return .parked
    } catch {
      throw StoreFailure(error)
    }
    let outcome: Result<Outcome, any Error>
    do { outcome = .success(try await self.outcome(of: job, under: claim)) } catch {
      outcome = .failure(error)
    }
    // A store far away has to be told.
    try? await OwnThread.run { _ in claim.release() }
    return try outcome.get()
  }

  private func outcome(of job: ClipJob, under claim: any Claim) async throws -> Outcome {
    let ticket: Ticket?
    switch try await standing(of: claim, for: job) {
    case .made(let receipt): return .reused(receipt)
    case .bought(let known): ticket = known
    case .open: ticket = nil
    }
    let clock = ContinuousClock()
    let begin = clock.now
    let receipt = try await make(job, ticket, under: claim)
    return .made(receipt, elapsed: begin.duration(to: clock.now))
  }

  static func refusal(
    of lock: ClipLock, _ presence: LockStanding.Presence
  ) -> OperationError {
    LockStanding(clip: lock, presence: presence, changes: []).refusal(pipeline: "FILE")
      ?? OperationError(.lockedClipMissing, "the locked clip of \(lock.segment) cannot be used")
  }

  /// The receipt of a committed clip whose bytes are sound; a damaged one counts as none.
  private func soundReceipt(_ key: RecipeKey) async throws -> Receipt? {
    do {
      return try await OwnThread.run { [store] _ in
        guard let receipt = try store.receipt(for: key) else { return nil }
        // Every byte is read.
        _ = try store.clip(receipt)
        return receipt
      }
    } catch let error as OperationError where error.code == .corrupt {
      return nil
    } catch {
      throw StoreFailure(error)
    }
  }

  /// How a clip can be had under a claim.
  private enum Standing {
    /// Another owner has made it in the meantime.
    case made(Receipt)
    /// It was asked for and can be collected.
    case bought(Ticket)
    /// It may be asked for.
    case open
  }

  /// Leads a claim to where the clip can be had.
  private func standing(of claim: any Claim, for job: ClipJob) async throws -> Standing {
    switch try await atStore({ try claim.state }) {
    case .committed(let receipt): return .made(receipt)
    case .open: return .open
    case .unknown where options.resubmits(job):
      // The author's word: it is sent again, although the first one may be billed too.
      try await atStore {
        try claim.abandon("the author asked for another attempt", mayBeBilled: true)
      }
      return .open
    case .ticketed(let ticket) where backend.ticketsSurviveProcess: return .bought(ticket)
    case .unknown where backend.ticketsSurviveProcess:
      purse.tellUnknown(job.price)
      throw unknown(job, because: nil)
    case .ticketed, .unknown:
      // Whoever began it would still hold the claim if it lived, and its work died with it.
      try await atStore { try claim.fail("its owner died before the clip was done") }
      return .open
    }
  }

  private func make(
    _ job: ClipJob, _ bought: Ticket?, under claim: any Claim
  ) async throws -> Receipt {
    if let ticket = bought {
      reporter.report(.takeStarted(job.name, frames: job.segment.frames))
      places.join()
      // It was bought by an earlier run, whose budget it was.
      return try await leaving { try await collect(ticket, for: job, under: claim) }
    }
    guard await purse.reserve(job.price) else {
      try Task.checkCancellation()
      throw Unaffordable()
    }
    reporter.report(.takeStarted(job.name, frames: job.segment.frames))
    let ticket: Ticket
    do {
      ticket = try await submit(try await prepare(job), for: job, under: claim)
    } catch {
      let isUnknown = (error as? OperationError)?.code == .unknownSubmission
      if isUnknown { purse.keep(job.price) } else { purse.release(job.price) }
      throw error
    }
    do {
      let receipt = try await leaving { try await keep(ticket, of: job, under: claim) }
      if !purse.settle(job.price, billed: receipt.billed) { reportBill(receipt, of: job) }
      return receipt
    } catch {
      // Whatever became of it, the provider accepted it and may bill it.
      purse.keep(job.price)
      throw error
    }
  }

  /// Runs `body`, which has a place, and gives the place back.
  private func leaving<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    defer { places.leave() }
    return try await body()
  }

  /// Makes a new ticket durable, and then waits for its clip.
  private func keep(
    _ ticket: Ticket, of job: ClipJob, under claim: any Claim
  ) async throws -> Receipt {
    do throws(StoreFailure) {
      try await atStore { try claim.accept(ticket) }
    } catch {
      // The clip may still fit where its ticket did not; only if it does not is the ticket lost.
      let receipt = try? await collect(ticket, for: job, under: claim)
      if let receipt { return receipt }
      // A local maker's work ends with its process: there is nothing to be found again.
      guard backend.ticketsSurviveProcess else { throw error }
      throw StoreFailure(lost(ticket, of: job, because: error.error))
    }
    return try await collect(ticket, for: job, under: claim)
  }

  private func reportBill(_ receipt: Receipt, of job: ClipJob) {
    let billed = receipt.billed?.decimal ?? "?"
    reporter.report(
      .warning(
        "\(job.name.segment) was billed \(billed), more than the \(job.price.worst) that "
          + "\(job.recipe.model) may cost by its profile: nothing more is bought"))
  }

  private func prepare(_ job: ClipJob) async throws -> PreparedOrder {
    try await preparing.enter()
    defer { preparing.leave() }
    let clip = { (key: RecipeKey) throws -> FilePath in
      guard let receipt = try store.receipt(for: key) else {
        throw OperationError(
          .notFound, "\(job.name.segment) starts from the clip \(key), which is not in the store",
          remedy: "run again")
      }
      return try store.clip(receipt)
    }
    let first = try await pictures.picture(job.segment.first, clip: clip)
    let last = try await pictures.picture(job.segment.last, clip: clip)
    return try await backend.prepare(
      GenerationOrder(label: job.name.segment, recipe: job.recipe, first: first, last: last))
  }
}
