import Testing

@testable import FalQueue
@testable import FalServer

/// What `/metrics` tells.
struct MetricsPageTests {
  private func page(_ meters: Meters) -> [Substring] {
    MetricsPage(QueueCounts(), meters.reading, streams: 0, version: "1.2.3").text
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test("Times of answers are counted in growing buckets that end with all of them")
  func histogram() {
    let meters = Meters()
    for milliseconds in [0, 1, 2, 99, 100, 101, 200_000] {
      meters.begin()
      meters.end("queue", status: 200, after: .milliseconds(milliseconds))
    }
    let name = "keyreel_http_request_duration_seconds"
    let counts = page(meters).filter { $0.hasPrefix("\(name)_bucket") }
      .map { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(counts == [2, 3, 3, 5, 6, 6, 6, 6, 6, 7])
    #expect(page(meters).contains("\(name)_sum{service=\"queue\"} 200.303"))
    #expect(page(meters).contains("\(name)_count{service=\"queue\"} 7"))
    #expect(page(meters).contains("keyreel_http_requests_in_progress 0"))
  }

  @Test("Odd statuses are counted with the class next to them, so that the page cannot grow")
  func classes() {
    let meters = Meters()
    for status in [0, 99, 101, 200, 302, 404, 499, 503, 999] {
      meters.begin()
      meters.end("run", status: status, after: .zero)
    }
    let lines = page(meters).filter { $0.hasPrefix("keyreel_http_requests_total") }
    #expect(
      lines
        == [3, 1, 1, 2, 2].enumerated().map { index, count in
          "keyreel_http_requests_total{service=\"run\",status=\"\(index + 1)xx\"} \(count)"
        }.map { Substring($0) })
  }

  @Test("Every value has its help and its type, once")
  func wellFormed() {
    let lines = page(Meters())
    #expect(lines.last == "")
    var known: Set<Substring> = []
    for line in lines.dropLast() {
      let words = line.split(separator: " ")
      if line.hasPrefix("# TYPE ") {
        #expect(known.insert(words[2]).inserted, "\(line)")
        #expect(["gauge", "counter", "histogram"].contains(words[3]))
      } else if !line.hasPrefix("# HELP ") {
        #expect(known.contains(line.prefix { $0 != "{" && $0 != " " }), "\(line)")
        #expect(words.last.flatMap { Double($0) } != nil, "\(line)")
      }
    }
  }
}
