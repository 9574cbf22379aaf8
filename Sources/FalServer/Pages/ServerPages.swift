internal import FalQueue
internal import HTTPTypes
internal import Hummingbird
internal import KeyreelCore

/// Pages of this server that no host of fal has: the playground, health, metrics.
struct ServerPages: ServiceHandler {
  let queue: JobQueue
  let meters: Meters
  let keySet: KeySetPage
  let documents: ModelDocuments
  let playground: PlaygroundPages

  private static let paths: Set<String> = [
    "/healthz", "/metrics", KeySetPage.path, ModelDocuments.pagePath,
  ]

  /// Whether there is a page at `path`.
  static func has(_ path: String) -> Bool { paths.contains(path) || PlaygroundPages.has(path) }

  func answer(_ call: Call) async throws -> Response {
    if call.path == ModelDocuments.pagePath { return try await documents.answer(call) }
    try call.require(method: "GET")
    if let answer = try playground.answer(call) { return answer }
    switch call.path {
    case "/healthz":
      // Asks the database, so that a server whose disk is gone is not called healthy.
      _ = try await queue.queueLength()
      return Answer.bytes(Array("ok\n".utf8), type: "text/plain; charset=utf-8")
    case "/metrics":
      let page = MetricsPage(
        try await queue.counts(), meters.reading, streams: queue.readerCount,
        version: Version.number)
      return Answer.bytes(
        Array(page.text.utf8), type: "text/plain; version=0.0.4; charset=utf-8")
    case KeySetPage.path: return keySet.response
    default: throw Refusal.noSuchPath
    }
  }
}
