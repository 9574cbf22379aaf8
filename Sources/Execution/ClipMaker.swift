import KeyreelCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Makes or finds one clip; every step leaves a record from which a later run can carry on.
struct ClipMaker: Sendable {
  let store: any ArtifactStore
  let backend: any GenerationBackend
  let pictures: PictureShelf
  let inspector: any ClipInspector
  let reporter: any Reporter
  let options: PlanExecutor.Options
  let places: InFlightLimit
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
    /// The budget does not cover it.
    case unaffordable
  }

  /// The budget does not cover the clip.
  private struct Unaffordable: Error {}

  /// Finds the clip of `start`, or makes it.
  func outcome(of start: Schedule.Start) async -> Outcome {
    do {
      return try await attempt(start)
    } catch let failure as StoreFailure {
      return failure.error.code == .interrupted ? .interrupted : .storeFailed(failure.error)
    } catch let error as OperationError where error.code == .unknownSubmission {
      // It has to be told even when the run was stopped: money may have been spent.
      return .failed(error)
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
    if let receipt = try await soundReceipt(job.key) { return .reused(receipt) }
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
    defer { claim.release() }
    if let receipt = try await ready(claim, for: job) { return .reused(receipt) }
    let clock = ContinuousClock()
    let begin = clock.now
    let receipt = try await make(job, under: claim)
    return .made(receipt, elapsed: begin.duration(to: clock.now))
  }

  /// The receipt of a committed clip whose bytes are sound; a damaged one counts as none.
  private func soundReceipt(_ key: RecipeKey) async throws -> Receipt? {
    do {
      guard let receipt = try store.receipt(for: key) else { return nil }
      // Every byte is read.
      _ = try await OwnThread.run { [store] _ in try store.clip(receipt) }
      return receipt
    } catch let error as OperationError where error.code == .corrupt {
      return nil
    } catch {
      throw StoreFailure(error)
    }
  }

  /// Leads a claim to where the clip can be made: open, or with a ticket that can be collected.
  ///
  /// Returns the receipt when another owner has made the clip in the meantime.
  private func ready(_ claim: any Claim, for job: ClipJob) async throws -> Receipt? {
    switch try await atStoreAlone({ try claim.state }) {
    case .committed(let receipt): return receipt
    case .open: return nil
    case .unknown where options.resubmits(job):
      // The author's word: it is sent again, although the first one may be billed too.
      try atStore {
        try claim.abandon("the author asked for another attempt", mayBeBilled: true)
      }
      return nil
    case .ticketed where backend.ticketsSurviveProcess: return nil
    case .unknown where backend.ticketsSurviveProcess:
      purse.tellUnknown(job.price)
      throw unknown(job, because: nil)
    case .ticketed, .unknown:
      // Whoever began it would still hold the claim if it lived, and its work died with it.
      try atStore { try claim.fail("its owner died before the clip was done") }
      return nil
    }
  }

  private func make(_ job: ClipJob, under claim: any Claim) async throws -> Receipt {
    if case .ticketed(let ticket) = try atStore({ try claim.state }) {
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
      try atStore { try claim.accept(ticket) }
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

  /// Sends the order, once per attempt; another attempt follows only where the last provably failed.
  ///
  /// Returns with a place in flight, which the caller gives back.
  private func submit(
    _ prepared: PreparedOrder, for job: ClipJob, under claim: any Claim
  ) async throws -> Ticket {
    var pauses = options.backoff.pauses[...]
    var patience = options.patience.pauses[...]
    while true {
      try await places.enter()
      do {
        let ticket = try await send(prepared, for: job, under: claim)
        places.grow()
        return ticket
      } catch let refusal as Refusal where refusal.isForWantOfRoom {
        defer { places.leave() }
        guard let pause = patience.popFirst() else { throw refusal.error }
        places.shrink(for: max(pause, refusal.retryAfter ?? .zero))
      } catch let refusal as Refusal {
        places.leave()
        guard refusal.isRetryable, let pause = pauses.popFirst() else { throw refusal.error }
        try await Task.sleep(for: pause)
      } catch {
        places.leave()
        throw error
      }
    }
  }

  /// A submission that provably had no effect.
  private struct Refusal: Error {
    let error: any Error
    let retryAfter: Duration?

    var isRetryable: Bool { (error as? OperationError)?.isRetryable == true }
    var isForWantOfRoom: Bool { (error as? OperationError)?.code == .tooManyRequests }
  }

  /// One attempt: its intent, its one submission, and its end where that is definite.
  private func send(
    _ prepared: PreparedOrder, for job: ClipJob, under claim: any Claim
  ) async throws -> Ticket {
    try Task.checkCancellation()
    try atStore { try claim.begin(input: prepared.input, reserved: job.price) }
    do {
      return try await backend.submit(prepared)
    } catch {
      guard let refusal = try definite(error, of: job) else { throw unknown(job, because: error) }
      try atStore { try claim.fail("\(refusal)") }
      throw Refusal(error: refusal, retryAfter: (error as? SubmissionFailure)?.retryAfter)
    }
  }

  /// The error of a submission that provably had no effect; `nil` when nobody knows.
  private func definite(_ error: any Error, of job: ClipJob) throws -> (any Error)? {
    switch error {
    case let failure as SubmissionFailure where failure.outcome == .notAccepted: failure.error
    case let failure as SubmissionFailure: backend.ticketsSurviveProcess ? nil : failure.error
    default: backend.ticketsSurviveProcess ? nil : error
    }
  }

  private func collect(
    _ ticket: Ticket, for job: ClipJob, under claim: any Claim
  ) async throws -> Receipt {
    let staged = try atStore { try store.stage(ending: "mp4") }
    defer { _ = staged.withPlatformString { unlink($0) } }
    let clip: GeneratedClip
    let inspection: ClipInspection
    do {
      clip = try await backend.collect(ticket, into: staged) { [reporter] progress in
        reporter.report(.takeProgress(job.name, progress))
      }
      inspection = try await inspector.inspect(staged)
    } catch {
      try await giveUp(ticket, because: error, under: claim)
      throw error
    }
    let found = try await atStoreAlone { try FileFigures(of: staged) }
    let receipt = Receipt(
      recipe: job.recipe, digest: found.digest, byteCount: found.byteCount,
      inspection: inspection, price: job.price, ticket: ticket, seed: clip.seed,
      billedUnits: clip.billedUnits,
      billed: purse.cost(
        of: clip.billedUnits, model: job.recipe.model, planned: job.price))
    try await atStoreAlone { try claim.commit(staged, receipt: receipt) }
    return receipt
  }

  /// Ends the attempt of a ticket that is worth nothing any more; others stay to be collected again.
  private func giveUp(
    _ ticket: Ticket, because error: any Error, under claim: any Claim
  ) async throws {
    if !backend.ticketsSurviveProcess {
      await backend.cancel(ticket)
      try atStore { try claim.fail("\(error)") }
    } else if (error as? OperationError)?.code == .generationFailed {
      try atStore { try claim.fail("\(error)") }
    }
  }

  private func unknown(_ job: ClipJob, because error: (any Error)?) -> OperationError {
    let cause = error.map { failure in
      ": \((failure as? SubmissionFailure)?.error.message ?? "\(failure)")"
    }
    return OperationError(
      .unknownSubmission,
      "nobody knows whether \(backend.identity) accepted \(job.name.segment)\(cause ?? "")",
      remedy: "run keyreel reconcile on the pipeline; it is not sent again by itself",
      underlying: error)
  }

  private func lost(
    _ ticket: Ticket, of job: ClipJob, because error: OperationError
  ) -> OperationError {
    OperationError(
      error.code,
      "\(backend.identity) accepted \(job.name.segment) as \(ticket.id), but that could not be written: \(error.message)",
      remedy: "make room, then run keyreel reconcile", underlying: error)
  }
}
