internal import FalProtocol
internal import HTTP
internal import KeyreelCore

/// Calls of the account's services: addresses, the key where it belongs, answers read.
struct FalServices: Sendable {
  let settings: FalSettings
  let session: HTTPSession

  /// A call of `path` at `service`, with the key; throws where the service has no address.
  func call(
    _ method: HTTPCall.Method, _ service: FalService, _ path: String,
    headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
  ) throws -> HTTPCall {
    guard let base = settings.addresses[service] else {
      throw OperationError(
        .unsupported, "\(settings.origin) has no known \(service.rawValue) service",
        remedy: "set FAL_\(service.rawValue.uppercased())_HOST")
    }
    var headers = headers
    headers.append(("Authorization", Credentials.key(settings.key.text).header))
    headers.append(("Accept", "application/json"))
    if body != nil { headers.append(("Content-Type", "application/json")) }
    return HTTPCall(method, base + path, headers: headers, body: body)
  }

  /// The answer's JSON; throws a ``ServiceFailure`` for answers that are no success.
  func json(_ call: HTTPCall) async throws -> JSONValue {
    let answer = try await session.send(call)
    guard answer.isSuccess else { throw Self.failure(answer) }
    return try Self.json(answer)
  }

  /// The JSON of a successful answer.
  static func json(_ answer: HTTPAnswer) throws -> JSONValue {
    do { return try JSONValue(parsing: answer.body) } catch {
      throw WireError("the answer is no JSON: \(error)")
    }
  }

  /// One page of a platform list whose entries are under `name`; at most so many bytes of it.
  func page(
    _ route: PlatformRoute, _ query: QueryItems, named name: String, maximumBytes: Int = 4 << 20,
    timeout: Duration = .seconds(120)
  ) async throws -> PlatformPage {
    var call = try call(.get, .platform, "\(route.rawValue)?\(query.text)")
    call.maximumBytes = maximumBytes
    call.timeout = timeout
    return try PlatformPage(decoding: try await json(call), as: name)
  }

  /// What an answer that is no success says.
  static func failure(_ answer: HTTPAnswer) -> ServiceFailure {
    ServiceFailure(
      statusCode: answer.status, body: ErrorBody(decoding: answer.body),
      header: { answer.header($0) })
  }

  /// Runs `body` and tells its failures in words about `subject`, without the key.
  func telling<Value: Sendable>(
    _ subject: String, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    do { return try await body() } catch let error as CancellationError { throw error } catch {
      throw settings.key.hidden(in: FalFailure.told(error, about: subject))
    }
  }
}

extension Secret {
  /// `error` without the secret in its words.
  func hidden(in error: OperationError) -> OperationError {
    OperationError(
      error.code, hidden(in: error.message), remedy: error.remedy, isRetryable: error.isRetryable)
  }
}
