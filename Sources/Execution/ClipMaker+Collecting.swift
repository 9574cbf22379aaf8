import KeyreelCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The way from a ticket to a committed clip.
extension ClipMaker {
  func collect(
    _ ticket: Ticket, for job: ClipJob, under claim: any Claim
  ) async throws -> Receipt {
    let staged = try await atStore { [store] in try store.stage(ending: "mp4") }
    defer { _ = staged.withPlatformString { unlink($0) } }
    let clip: GeneratedClip
    var inspection: ClipInspection
    do {
      clip = try await backend.collect(ticket, into: staged) { [reporter] progress in
        reporter.report(.takeProgress(job.name, progress))
      }
      try await finishing.enter()
    } catch {
      try await giveUp(ticket, because: error, under: claim)
      let isOver = (error as? OperationError)?.code == .generationFailed
      throw Task.isCancelled && backend.ticketsSurviveProcess && !isOver ? LeftToCollect() : error
    }
    defer { finishing.leave() }
    do { inspection = try await inspector.inspect(staged) } catch {
      try await giveUp(ticket, because: error, under: claim)
      throw error
    }
    let billed = purse.cost(of: clip.billedUnits, model: job.recipe.model, planned: job.price)
    let edges = inspection.edges
    // Receipts tell of clips, edges follow from them.
    inspection.edges = nil
    return try await atStore { [store, inspection] in
      let receipt = try claim.commit(staged) { digest, byteCount in
        Receipt(
          recipe: job.recipe, digest: digest, byteCount: byteCount, inspection: inspection,
          price: job.price, ticket: ticket, seed: clip.seed, billedUnits: clip.billedUnits,
          billed: billed)
      }
      if let edges { store.keep(edges, of: receipt.digest) }
      return receipt
    }
  }

  /// Ends the attempt of a ticket that is worth nothing any more; others stay to be collected again.
  private func giveUp(
    _ ticket: Ticket, because error: any Error, under claim: any Claim
  ) async throws {
    if !backend.ticketsSurviveProcess {
      await backend.cancel(ticket)
      try await atStore { try claim.fail("\(error)") }
    } else if (error as? OperationError)?.code == .generationFailed {
      try await atStore { try claim.fail("\(error)") }
    }
  }

  func lost(
    _ ticket: Ticket, of job: ClipJob, because error: OperationError
  ) -> OperationError {
    OperationError(
      error.code,
      "\(backend.identity) accepted \(job.name.segment) as \(ticket.id), but that could not be written: \(error.message)",
      remedy: "make room, then run keyreel reconcile", underlying: error)
  }
}
