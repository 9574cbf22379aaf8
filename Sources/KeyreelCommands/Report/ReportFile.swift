internal import ArgumentParser
internal import KeyreelCore
internal import Reporting
internal import SystemPackage

/// How a report is laid out.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  /// One page with everything in it.
  case html
  /// For job summaries and comments.
  case md
  /// For programs; `schemas/report.schema.json`.
  case json
  /// For the test panels of build servers.
  case junit

  /// The format that a file's ending asks for; `nil` for others.
  init?(ending: String?) {
    switch ending?.lowercased() {
    case "html", "htm": self = .html
    case "md", "markdown": self = .md
    case "json": self = .json
    case "xml": self = .junit
    default: return nil
    }
  }
}

/// A file that a report goes to.
struct ReportFile {
  /// The file as the user named it.
  let name: String
  let path: FilePath
  let format: ReportFormat

  /// A file whose ending tells the format where none is given; throws a ``CommandFailure``.
  init(_ name: String, as format: ReportFormat? = nil, in surroundings: Surroundings) throws {
    self.name = name
    path = surroundings.workingFolder.pushing(FilePath(name)).lexicallyNormalized()
    guard let format = format ?? ReportFormat(ending: path.extension) else {
      throw CommandFailure(
        OperationError(
          .unsupported, "the ending of the report \(name) is none that is known",
          remedy: "use .html, .md, .json or .xml (JUnit)"), .usage)
    }
    self.format = format
  }

  /// Throws before anything is begun where the report could not be written in the end.
  func check(_ work: PipelineWork) throws {
    try work.refuseSource(path, named: name)
    let folder = path.removingLastComponent()
    guard !AuthoredFile.canReplace(in: folder) else { return }
    throw CommandFailure(
      OperationError(
        .inputOutput, "the report \(name) cannot be written: \(folder) is no folder to write in",
        remedy: "make it, or name another file; nothing was begun"), .usage)
  }

  /// Writes the report in its format.
  func write(_ report: GatheredReport) throws {
    try AuthoredFile.write(report.bytes(as: format), to: path, named: name)
  }
}

/// A report with its pictures, in whatever form it is wanted.
struct GatheredReport {
  let document: ReportDocument
  let media: ReportMedia

  /// The file's bytes.
  func bytes(as format: ReportFormat) -> [UInt8] {
    switch format {
    case .html: ReportHTML(document, media: media).bytes
    case .md: Array(ReportMarkdown(document).text.utf8)
    case .json: ReportJSON(document).bytes
    case .junit: JUnitReport(document).bytes
    }
  }
}
