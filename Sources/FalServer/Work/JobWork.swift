internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import KeyreelCore
internal import Logging
internal import SystemPackage

/// Does one job: its pictures fetched, its clip made and kept, its ending written.
struct JobWork: Sendable {
  let queue: JobQueue
  let forms: [String: InputForm]
  let workshop: any Workshop
  let pictures: InputPictures
  let logger: Logger

  /// As long as fal lets a request run.
  private static let timeLimit = Duration.seconds(3600)

  private enum Turn: Sendable {
    case ended(JobEnding)
    case cancelled
    case tooLong
    /// The server stops; the job waits for its next start.
    case interrupted
  }

  /// Works until the job's ending is on the disk; leaves the job running where the server is stopped.
  func perform(_ taken: TakenJob) async {
    var logger = logger
    logger[metadataKey: "request"] = "\(taken.job.id)"
    logger.info("began", metadata: ["attempt": "\(taken.job.attempts)"])
    let log = JobLog(queue: queue, attempt: taken.attempt)
    let ending: JobEnding
    switch await turn(taken, log, logger) {
    case .ended(let made): ending = made
    case .cancelled: ending = queue.settings.cancelled
    case .tooLong:
      ending = .failure(504, "The generation took too long", type: "generation_timeout")
    case .interrupted:
      await log.flush()
      return
    }
    do {
      let outcome = try await queue.complete(
        taken.attempt, with: ending, saying: log.unwritten())
      guard case .completed(let job) = outcome else { return }
      logger.info("ended", metadata: ["status": "\(job.statusCode ?? 0)"])
    } catch {
      logger.error("the ending could not be written", metadata: ["error": "\(error)"])
    }
  }

  /// What comes first: the clip or its failure, the client's cancel, the time limit, the server's end.
  private func turn(_ taken: TakenJob, _ log: JobLog, _ logger: Logger) async -> Turn {
    await withTaskGroup(of: Turn?.self) { group in
      group.addTask { await make(taken, log, logger) }
      group.addTask { await cancellation(of: taken.job.id) }
      group.addTask {
        (try? await Task.sleep(for: Self.timeLimit)).map { Turn.tooLong }
      }
      var first: Turn?
      for await turn in group {
        if Task.isCancelled { first = first ?? .interrupted }
        // A clip that comes when the job has ended otherwise is nobody's.
        if first != nil, case .ended(let late)? = turn { await queue.discard(late.files) }
        first = first ?? turn
        if first != nil { group.cancelAll() }
      }
      return first ?? .interrupted
    }
  }

  private func cancellation(of id: String) async -> Turn? {
    for await _ in queue.cancelWishes(of: id) { return .cancelled }
    return nil
  }

  private func make(_ taken: TakenJob, _ log: JobLog, _ logger: Logger) async -> Turn {
    do {
      return .ended(
        try await log.writing { log in
          try await ClipDelivery(
            queue: queue, forms: forms, workshop: workshop, pictures: pictures
          ).deliver(taken, log)
        })
    } catch let refusal as Refusal {
      return .ended(JobEnding(refusal))
    } catch {
      if Task.isCancelled { return .interrupted }
      logger.error("the clip could not be made", metadata: ["error": "\(error)"])
      return .ended(.failure(500, "Internal Server Error", type: "internal_error"))
    }
  }
}

extension JobEnding {
  /// An ending told in one sentence.
  static func failure(_ status: Int, _ sentence: String, type: String) -> JobEnding {
    let body = ErrorBody.text(sentence, type: type)
    return JobEnding(
      statusCode: status, output: String(decoding: body.bytes, as: UTF8.self), error: sentence,
      errorType: type)
  }

  /// The ending of a job whose model refused: the result tells the reasons, the status the code.
  init(_ refusal: Refusal) {
    self.init(
      statusCode: refusal.status.code,
      output: String(decoding: refusal.body.bytes, as: UTF8.self),
      error: "Invalid status code: \(refusal.status.code)", errorType: refusal.body.type)
  }
}
