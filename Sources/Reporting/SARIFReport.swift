public import KeyreelCore

/// Diagnostics as SARIF 2.1.0, which code hosts show beside changes and remember from run to run.
///
/// <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
public struct SARIFReport: Sendable {
  /// Indented UTF-8 JSON with a line end at the end.
  public let bytes: [UInt8]

  /// The report of `diagnostics`, made by this `version` of the tool.
  ///
  /// `failures` are sentences about what could not be looked at: with any, hosts do not take the absence of
  /// a finding for its end.
  public init(_ diagnostics: [Diagnostic], failures: [String] = [], version: String) {
    var text = JSONText(indentedWithCapacity: 4096 + diagnostics.count * 800)
    let codes = Set(diagnostics.map(\.code)).sorted()
    text.object { text in
      text.member(
        "$schema",
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
      )
      text.member("version", "2.1.0")
      text.key("runs")
      text.array { text in
        text.object { text in
          text.key("tool")
          text.object { text in
            text.key("driver")
            text.object { Self.writeTool(codes, version, to: &$0) }
          }
          text.key("invocations")
          text.array { $0.object { Self.writeInvocation(failures, to: &$0) } }
          text.member("columnKind", "unicodeCodePoints")
          text.key("results")
          text.array { Self.write(diagnostics, codes, to: &$0) }
        }
      }
    }
    text.endLine()
    bytes = text.bytes
  }

  /// The JSON as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private static func writeTool(_ codes: [String], _ version: String, to text: inout JSONText) {
    text.member("name", "keyreel")
    text.member("version", version)
    text.key("rules")
    text.array { text in
      for code in codes {
        text.object { text in
          text.member("id", code)
          let explanation = Explanation.of(code)
          text.key("shortDescription")
          text.object { $0.member("text", explanation?.meaning ?? code) }
          text.key("help")
          text.object { $0.member("text", explanation?.remedy ?? "Read the message.") }
        }
      }
    }
  }

  private static func writeInvocation(_ failures: [String], to text: inout JSONText) {
    text.key("executionSuccessful")
    text.value(failures.isEmpty)
    guard !failures.isEmpty else { return }
    text.key("toolExecutionNotifications")
    text.array { text in
      for failure in failures {
        text.object { text in
          text.member("level", "error")
          text.key("message")
          text.object { $0.member("text", failure) }
        }
      }
    }
  }

  private static func write(
    _ diagnostics: [Diagnostic], _ codes: [String], to text: inout JSONText
  ) {
    var prints = DiagnosticPrints()
    for diagnostic in diagnostics {
      text.object { text in
        text.member("ruleId", diagnostic.code)
        text.member("ruleIndex", codes.firstIndex(of: diagnostic.code) ?? -1)
        text.member("level", diagnostic.severity.rawValue)
        text.key("message")
        text.object { $0.member("text", message(of: diagnostic)) }
        text.key("locations")
        text.array { $0.object { writePlace(diagnostic.span, in: diagnostic.file, to: &$0) } }
        writeNotes(of: diagnostic, to: &text)
        text.key("partialFingerprints")
        text.object { $0.member("keyreel/v1", prints.next(diagnostic)) }
      }
    }
  }

  /// The message with its remarks and what to do; remarks with a place of their own stand there.
  private static func message(of diagnostic: Diagnostic) -> String {
    let notes = diagnostic.notes.filter { $0.span == nil }.map { "; \($0.message)" }.joined()
    return diagnostic.message + notes + (diagnostic.suggestion.map { " (\($0))" } ?? "")
  }

  private static func writeNotes(of diagnostic: Diagnostic, to text: inout JSONText) {
    let placed = diagnostic.notes.filter { $0.span != nil }
    guard !placed.isEmpty else { return }
    text.key("relatedLocations")
    text.array { text in
      for note in placed {
        text.object { text in
          writePlace(note.span, in: diagnostic.file, to: &text)
          text.key("message")
          text.object { $0.member("text", note.message) }
        }
      }
    }
  }

  private static func writePlace(
    _ span: SourceSpan?, in file: String, to text: inout JSONText
  ) {
    text.key("physicalLocation")
    text.object { text in
      text.key("artifactLocation")
      text.object { $0.member("uri", uri(file)) }
      guard let span else { return }
      text.key("region")
      text.object {
        $0.member("startLine", span.start.line)
        $0.member("startColumn", span.start.column)
        $0.member("endLine", span.end.line)
        $0.member("endColumn", span.end.column)
      }
    }
  }

  /// The file as a relative reference of RFC 3986.
  private static func uri(_ file: String) -> String {
    var result = ""
    for byte in file.utf8 {
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "-._~/".utf8.contains(byte)
      if isPlain {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let hex = String(byte, radix: 16, uppercase: true)
        result += "%" + (hex.count == 1 ? "0" : "") + hex
      }
    }
    return result
  }
}

/// Names of diagnostics that stay the same when lines above them come or go.
struct DiagnosticPrints {
  private var seen: [String: Int] = [:]

  /// The digest of what is said of which file, numbered where it is said again.
  mutating func next(_ diagnostic: Diagnostic) -> String {
    let name = "\(diagnostic.code)|\(diagnostic.file)|\(diagnostic.message)"
    let count = seen[name, default: 0] + 1
    seen[name] = count
    return Digest.of("\(name)|\(count)").hex
  }
}

/// Diagnostics as GitLab's code quality report.
///
/// <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>
public struct CodeQualityReport: Sendable {
  /// Indented UTF-8 JSON with a line end at the end.
  public let bytes: [UInt8]

  /// The report of `diagnostics`.
  public init(_ diagnostics: [Diagnostic]) {
    var text = JSONText(indentedWithCapacity: 256 + diagnostics.count * 400)
    var prints = DiagnosticPrints()
    text.array { text in
      for diagnostic in diagnostics {
        text.object { text in
          text.member("description", diagnostic.message)
          text.member("check_name", diagnostic.code)
          text.member("fingerprint", prints.next(diagnostic))
          text.member("severity", diagnostic.severity == .error ? "major" : "minor")
          text.key("location")
          text.object { text in
            text.member("path", diagnostic.file)
            text.key("lines")
            text.object { $0.member("begin", diagnostic.span?.start.line ?? 1) }
          }
        }
      }
    }
    text.endLine()
    bytes = text.bytes
  }

  /// The JSON as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}
