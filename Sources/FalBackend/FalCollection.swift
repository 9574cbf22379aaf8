internal import FalProtocol
internal import HTTP
internal import KeyreelCore
internal import SystemPackage

/// From a ticket to its clip: waiting, the result, the download. All reads; all may be repeated.
struct FalCollection: Sendable {
  let service: FalServices
  let pace: PollPace
  private let reads = PatientReads()

  /// What may be downloaded at most: a minute of 720p is far below it.
  private static let clipLimit = 2 << 30

  init(service: FalServices, pace: PollPace) {
    self.service = service
    self.pace = pace
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
    try await RequestWait(request: request, service: service, pace: pace, reads: reads)
      .untilCompleted(progress: progress)
    let result = try await reads { try await request.result() }
    progress(.downloading(bytes: 0, of: result.output.video.fileSize))
    try await reads { try await download(result.output.video, of: request, into: file) }
    return GeneratedClip(seed: result.output.seed, billedUnits: result.billedUnits)
  }

  /// Asks for the end of the request; what comes of it is not waited for.
  func cancel(_ ticket: Ticket) async {
    guard let request = try? FalRequest(ticket, service) else { return }
    _ = try? await service.session.send(service.call(.put, .queue, request.path(QueueRoute.cancel)))
  }

  /// The key stays at home: media hosts get a bare request.
  private func download(
    _ video: MediaFile, of request: FalRequest, into file: FilePath
  ) async throws {
    let answer = try await service.session.send(
      HTTPCall(
        .get, video.url, destination: file, maximumBytes: Self.clipLimit, timeout: .seconds(3600)))
    guard answer.isSuccess else {
      let failure = FalServices.failure(answer)
      if failure.statusCode == 404 || failure.statusCode == 410 {
        throw OperationError(
          .ticketLost, "the video of request \(request.id) is no longer at \(video.url)",
          remedy: "run keyreel reconcile")
      }
      throw failure
    }
    if let size = video.fileSize, size != answer.byteCount {
      throw OperationError(
        .network, "the video of request \(request.id) came with \(answer.byteCount) of \(size) bytes",
        remedy: "run again to fetch it anew", isRetryable: true)
    }
  }
}
