internal import FalProtocol

extension RequestOptions {
  /// The headers that ask for this; none for what the platform does anyway.
  var headers: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if priority != .normal { headers.append((FalHeader.queuePriority, priority.rawValue)) }
    if let startTimeout { headers.append((FalHeader.requestTimeout, Self.seconds(startTimeout))) }
    if let runnerHint { headers.append((FalHeader.runnerHint, runnerHint)) }
    if !allowsRetries { headers.append((FalHeader.noRetry, "1")) }
    if !storesPayloads { headers.append((FalHeader.storeIO, "0")) }
    if !allowsFallback { headers.append((FalHeader.disableFallback, "1")) }
    if let lifecycle { headers.append((FalHeader.lifecyclePreference, lifecycle.header)) }
    if !tags.isEmpty {
      headers.append((FalHeader.tags, tags.map { "\($0.name)=\($0.value)" }.joined(separator: ",")))
    }
    return headers
  }

  /// Seconds as the Python client writes them: `30.0`, `0.25`.
  private static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return "\(Double(seconds) + Double(attoseconds) / 1e18)"
  }

  /// The query of a submission.
  var query: QueryItems {
    var items: [QueryItems.Item] = []
    if let webhook { items.append(.init("fal_webhook", webhook)) }
    if let maximumQueueLength {
      items.append(.init("fal_max_queue_length", String(maximumQueueLength)))
    }
    return QueryItems(items)
  }
}
