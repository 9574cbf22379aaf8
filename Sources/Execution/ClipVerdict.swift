import KeyreelCore

/// What a clip is measured against before a segment may use it.
struct ClipVerdict {
  /// What is not as planned, in words; empty when all is.
  var differences: [String] = []

  /// Compares what was found with what `job` planned.
  init(_ found: ClipInspection, for job: ClipJob) {
    if found.frames != job.segment.frames {
      differences.append("\(found.frames) frames came, \(job.segment.frames) were planned")
    }
    if found.size != job.segment.canvas {
      differences.append("the size is \(found.size), \(job.segment.canvas) was planned")
    }
    if found.frameRate != job.segment.frameRate {
      differences.append("the rate is \(found.frameRate), \(job.segment.frameRate) was planned")
    }
  }

  /// The failure of `job` under `conform: strict`; `nil` when the clip may be used.
  func refusal(of job: ClipJob) -> OperationError? {
    guard job.isStrict, !differences.isEmpty else { return nil }
    return OperationError(
      .verificationFailed,
      "the clip of \(job.name.segment) is not as planned: \(differences.joined(separator: "; "))",
      remedy: "the clip is kept; write conform: accept to use it as it is")
  }

  /// A line for people about a clip that is used although it differs; `nil` when it does not.
  func remark(on job: ClipJob) -> String? {
    guard !differences.isEmpty else { return nil }
    return
      "\(job.name.segment): \(differences.joined(separator: "; ")); \(job.segment.conform == .retime ? "retimed to the plan" : "used as it came")"
  }
}
