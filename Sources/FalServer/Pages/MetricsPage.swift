internal import FalQueue
internal import KeyreelCore

/// The counts of the server as Prometheus reads them (text format 0.0.4).
struct MetricsPage {
  private(set) var text = ""

  /// A page of what the queue and the meters tell; `streams` are the readers of the queue's changes.
  init(_ queue: QueueCounts, _ meters: Meters.Reading, streams: Int, version: String) {
    add("keyreel_build_info", .gauge, "What runs.", ["version=\"\(version)\"": 1])
    add(
      "keyreel_jobs", .gauge, "Jobs in the queue by state.",
      ["state=\"queued\"": queue.waiting, "state=\"running\"": queue.running])
    add("keyreel_jobs_accepted_total", .counter, "Jobs ever accepted.", ["": queue.accepted])
    add(
      "keyreel_jobs_ended_total", .counter, "Jobs ever ended by outcome.",
      ["outcome=\"failure\"": queue.failed, "outcome=\"success\"": queue.succeeded])
    add("keyreel_files", .gauge, "Files that are kept.", ["": queue.files])
    add("keyreel_files_bytes", .gauge, "Bytes of these files.", ["": queue.fileBytes])
    add("keyreel_streams", .gauge, "Readers that wait for changes of jobs.", ["": streams])
    add("keyreel_webhooks_due", .gauge, "Webhooks still to be told.", ["": queue.deliveriesDue])
    add(
      "keyreel_webhook_tries_total", .counter, "Tries to tell webhooks since the start by outcome.",
      [
        "outcome=\"delivered\"": meters.delivered, "outcome=\"failed\"": meters.failed,
        "outcome=\"given_up\"": meters.givenUp,
      ])
    add("keyreel_http_requests_in_progress", .gauge, "Requests under way.", ["": meters.underWay])
    addAnswers(meters)
  }

  private enum Kind: String {
    case gauge, counter, histogram
  }

  private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  private mutating func add(_ name: String, _ kind: Kind, _ help: String, _ values: [String: Int]) {
    head(name, kind, help)
    for (labels, value) in values.sorted(by: { $0.key < $1.key }) { line(name, labels, "\(value)") }
  }

  private mutating func line(_ name: String, _ labels: String, _ value: String) {
    text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
  }

  private mutating func addAnswers(_ meters: Meters.Reading) {
    let services = meters.answers.sorted { $0.key < $1.key }
    let requests = "keyreel_http_requests_total"
    head(requests, .counter, "Answers since the start by service and class of status.")
    for (service, answers) in services {
      for (index, count) in answers.byClass.enumerated() where count > 0 {
        line(requests, "service=\"\(service)\",status=\"\(index + 1)xx\"", "\(count)")
      }
    }
    let times = "keyreel_http_request_duration_seconds"
    head(times, .histogram, "Time until the head of an answer.")
    for (service, answers) in services {
      let label = "service=\"\(service)\""
      var sum = 0
      for (index, count) in answers.byTime.enumerated() {
        sum += count
        let bound = index < Meters.bounds.count ? Self.seconds(Meters.bounds[index]) : "+Inf"
        line("\(times)_bucket", "\(label),le=\"\(bound)\"", "\(sum)")
      }
      line("\(times)_sum", label, Self.seconds(answers.time))
      line("\(times)_count", label, "\(sum)")
    }
  }

  private static func seconds(_ milliseconds: Int) -> String {
    seconds(.milliseconds(milliseconds))
  }

  private static func seconds(_ time: Duration) -> String { "\(time / .seconds(1))" }
}
