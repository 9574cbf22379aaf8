internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import Hummingbird

/// Lets calls through that carry a valid key.
struct KeyCheck: Sendable {
  let queue: JobQueue

  /// The id of the call's key; refuses calls without a valid one.
  func owner(of call: Call) async throws -> String {
    guard let header = call.headers[.authorization] else {
      throw Refusal(
        .unauthorized,
        "Authentication is required: send the header `Authorization: Key <id>:<secret>`")
    }
    let text: String? =
      switch Credentials(header) {
      case .key(let text), .bearer(let text): text
      case nil: nil
      }
    guard let key = text.flatMap({ queue.authenticate($0) }) else {
      throw Refusal(.unauthorized, "No user found for Key ID and Secret")
    }
    return key.id
  }
}
