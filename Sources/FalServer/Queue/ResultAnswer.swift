internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

/// The result of a request: the model's bare output, or its error with the error's own status.
struct ResultAnswer {
  private let queue: JobQueue

  init(_ queue: JobQueue) { self.queue = queue }

  /// Answers for a job in any state; early questions get fal's 400.
  func answer(_ job: Job, _ call: Call) async throws -> Response {
    guard job.state == .completed, let status = job.statusCode else {
      throw Refusal(.badRequest, "Request is still in progress")
    }
    guard let output = try await queue.result(of: job.id)?.payloads.output else {
      throw Refusal(.notFound, "The result is not kept any longer")
    }
    var headers = QueueService.headers(job)
    headers[.falBillableUnits] = job.billableUnits?.decimal
    headers[.falErrorType] = job.errorType
    // The caller's own deadline is told apart from the server's: no client may try again by itself.
    if job.errorType == "request_timeout" { headers[.falTimeoutType] = "user" }
    return Answer.json(
      bytes: Array(MediaAddress.resolve(output, for: call.addresses).utf8),
      status: .init(code: status), headers: headers)
  }
}

/// The addresses of files in stored outputs, which depend on how each client reaches the server.
enum MediaAddress {
  private static let scheme = "keyreel-media:"

  /// What is stored in place of the address of the file at `path`.
  static func stored(_ path: String) -> String { scheme + path }

  /// `output` with addresses that a client can reach.
  static func resolve(_ output: String, for addresses: ServiceAddresses) -> String {
    output.replacing("\"\(scheme)", with: "\"\(addresses[.media])")
  }
}
