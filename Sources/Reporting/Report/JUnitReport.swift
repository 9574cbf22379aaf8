import KeyreelCore

/// A report as JUnit XML, for the test panels of build servers: a suite per film, a case per segment.
///
/// A clip that was made passes. One that was in the store, or is not made yet, is skipped; one that
/// could not be made, or of which nobody knows whether it was bought, fails with the cause.
public struct JUnitReport: Sendable {
  private let document: ReportDocument

  /// The cases of `document`.
  public init(_ document: ReportDocument) { self.document = document }

  /// The XML, UTF-8.
  public var bytes: [UInt8] {
    let times = times
    var xml = HTMLText(capacity: 4096)
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
    let all = document.films.flatMap(\.segments)
    xml.element(
      "testsuites",
      [
        "name": document.pipeline, "tests": "\(all.count)",
        "failures": "\(Self.failures(all))", "skipped": "\(Self.skipped(all))", "errors": "0",
      ]
    ) { xml in
      xml.raw("\n".utf8)
      for film in document.films {
        xml.element(
          "testsuite",
          [
            "name": film.name, "tests": "\(film.segments.count)",
            "failures": "\(Self.failures(film.segments))",
            "skipped": "\(Self.skipped(film.segments))", "errors": "0",
            "timestamp": document.runs.first.map { String($0.begun.prefix(19)) },
          ]
        ) { xml in
          xml.raw("\n".utf8)
          for segment in film.segments { write(segment, of: film, times, to: &xml) }
        }
        xml.raw("\n".utf8)
      }
    }
    xml.raw("\n".utf8)
    return xml.bytes
  }

  private enum Verdict {
    case passed
    case skipped(String)
    case failed(FailureRecord)
  }

  /// A segment is as bad as its worst take.
  private static func verdict(_ segment: ReportDocument.Segment) -> Verdict {
    for take in segment.takes {
      if take.state == .failed {
        return .failed(take.failure ?? FailureRecord(code: "failed", message: take.reason))
      }
      if take.state == .unknown {
        return .failed(
          FailureRecord(
            code: OperationError.Code.unknownSubmission.description,
            message: "nobody knows whether the clip was bought", remedy: "keyreel reconcile"))
      }
    }
    guard let take = segment.chosen, take.state != .made else { return .passed }
    return .skipped("\(StateMark(take.state).words): \(take.reason)")
  }

  private static func failures(_ segments: [ReportDocument.Segment]) -> Int {
    segments.count { if case .failed = verdict($0) { true } else { false } }
  }

  private static func skipped(_ segments: [ReportDocument.Segment]) -> Int {
    segments.count { if case .skipped = verdict($0) { true } else { false } }
  }

  /// How long the latest run took for each segment, in milliseconds.
  private var times: [String: Int] {
    Dictionary(
      (document.runs.first?.lanes ?? []).filter { !$0.isFilm }
        .map { ($0.label, $0.end - $0.start) }, uniquingKeysWith: +)
  }

  private func write(
    _ segment: ReportDocument.Segment, of film: ReportDocument.Film, _ times: [String: Int],
    to xml: inout HTMLText
  ) {
    let label =
      segment.takes.count > 1 ? "\(segment.id) take \(segment.chosen?.number ?? 1)" : segment.id
    let verdict = Self.verdict(segment)
    var time = times[label] ?? 0
    if case .skipped = verdict { time = 0 }
    xml.element(
      "testcase",
      [
        "classname": "\(film.name).\(segment.sequence)", "name": segment.id,
        "time": Amounts.seconds(nanoseconds: Int64(time) * 1_000_000),
      ]
    ) { xml in
      switch verdict {
      case .passed: break
      case .skipped(let reason): xml.element("skipped", ["message": reason], text: "")
      case .failed(let failure):
        xml.element(
          "failure", ["type": failure.code, "message": failure.message],
          text: failure.remedy.map { "\(failure.message) – \($0)" } ?? failure.message)
      }
    }
    xml.raw("\n".utf8)
  }
}
