#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import FalProtocol
internal import HTTP
internal import KeyreelCore
internal import SystemPackage

/// From a ticket to its clip: waiting, the result, the download.
///
/// All reads; all may be repeated.
struct FalCollection: Sendable {
  /// Where many requests learn of their ends at once.
  let board: FinishedBoard
  private let service: FalServices
  private let budget: PollPace
  private let reads: PatientReads

  /// What may be downloaded at most: a minute of 720p is far below it.
  private static let clipLimit = 2 << 30
  private static let mostRedirects = 4

  init(service: FalServices) {
    self.service = service
    board = FinishedBoard(service)
    budget = PollPace(service.settings.pace)
    reads = PatientReads(service.settings.pace)
  }

  /// Waits for the request of `ticket`, then downloads its video into the new file `file`.
  ///
  /// Throws `generationFailed` when the request has definitely ended without one, `ticketLost` when
  /// the service knows nothing of it any more.
  func collect(
    _ ticket: Ticket, into file: FilePath,
    progress: @escaping @Sendable (GenerationProgress) -> Void
  ) async throws -> GeneratedClip {
    let request = try FalRequest(ticket, service)
    board.begun(ticket)
    defer { board.left(ticket) }
    let wait = RequestWait(
      request: request, service: service, budget: budget, reads: reads, board: board)
    do {
      let result: FalRequest.Result
      if let shown = try await wait.untilCompleted(progress: progress) {
        result = shown
      } else {
        result = try await reads { try await request.result() }
      }
      progress(.downloading(bytes: 0, of: result.output.video.fileSize))
      try await reads { try await download(result.output.video, of: request, into: file) }
      return GeneratedClip(seed: result.output.seed, billedUnits: result.billedUnits)
    } catch is Vanished {
      throw request.lost("knows nothing of request \(request.id) any more")
    }
  }

  /// Asks for the end of the request; what comes of it is not waited for.
  func cancel(_ ticket: Ticket) async {
    guard let request = try? FalRequest(ticket, service),
      var call = try? service.call(.put, .queue, request.path(QueueRoute.cancel))
    else { return }
    call.timeout = .seconds(20)
    _ = try? await service.session.send(call)
  }

  private func download(
    _ video: MediaFile, of request: FalRequest, into file: FilePath
  ) async throws {
    let answer = try await fetch(video.url, into: file, redirects: 0)
    guard answer.isSuccess else {
      let failure = FalServices.failure(answer)
      guard failure.kind != .notFound, answer.status != 403 else {
        throw OperationError(
          .ticketLost, "the video of request \(request.id) is no longer at \(video.url)",
          remedy: "run keyreel reconcile")
      }
      // Whatever a media host says, it says nothing about the key or the account.
      throw OperationError(
        .network, "\(video.url): \(FalFailure.words(failure))",
        remedy: "run again to fetch it anew",
        isRetryable: failure.advice == .slowDown || failure.advice == .repeatReadsOnly)
    }
    if let size = video.fileSize, size != answer.byteCount {
      _ = file.withPlatformString { unlink($0) }
      throw WireError(
        "the video of request \(request.id) came with \(answer.byteCount) of \(size) bytes")
    }
  }

  /// The key stays at home: media hosts get a bare request, also where they lead on.
  private func fetch(_ url: String, into file: FilePath, redirects: Int) async throws -> HTTPAnswer
  {
    var call = HTTPCall(
      .get, url, destination: file, maximumBytes: Self.clipLimit, timeout: .seconds(3600))
    // Whoever commits the clip forces it to the disk, after having looked at it.
    call.forcesFile = false
    let answer = try await service.session.send(call)
    guard [301, 302, 303, 307, 308].contains(answer.status), redirects < Self.mostRedirects,
      let next = answer.header("location")
    else { return answer }
    return try await fetch(next, into: file, redirects: redirects + 1)
  }
}
