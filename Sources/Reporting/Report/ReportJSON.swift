#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A report for programs; `schemas/report.schema.json`.
public struct ReportJSON: Sendable {
  /// Indented UTF-8 JSON with a line end at the end; the same for the same document.
  public let bytes: [UInt8]

  /// The JSON of `document`.
  public init(_ document: ReportDocument) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    do {
      bytes = try Array(encoder.encode(document)) + [UInt8(ascii: "\n")]
    } catch {
      preconditionFailure("a report is always encodable: \(error)")
    }
  }
}
