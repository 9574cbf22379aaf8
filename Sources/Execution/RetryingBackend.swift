import KeyreelCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A backend that repeats what may be repeated for free: preparing and collecting, never submitting.
struct RetryingBackend: GenerationBackend {
  let base: any GenerationBackend
  let backoff: Backoff

  var identity: BackendIdentity { base.identity }
  var concurrencyLimit: Int { base.concurrencyLimit }
  var ticketsSurviveProcess: Bool { base.ticketsSurviveProcess }

  func prepare(_ order: GenerationOrder) async throws -> PreparedOrder {
    try await backoff { try await base.prepare(order) }
  }

  func submit(_ prepared: PreparedOrder) async throws -> Ticket { try await base.submit(prepared) }

  func collect(
    _ ticket: Ticket, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> GeneratedClip {
    try await backoff {
      // What an earlier try left half written must not be taken for the clip's beginning.
      _ = file.withPlatformString { unlink($0) }
      return try await base.collect(ticket, into: file, progress: progress)
    }
  }

  func cancel(_ ticket: Ticket) async { await base.cancel(ticket) }
}
