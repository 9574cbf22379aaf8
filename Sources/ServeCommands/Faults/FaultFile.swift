internal import FalServer
internal import KeyreelCore
internal import PipelineLanguage
internal import SystemPackage

/// Reads the YAML file that `--faults` names; `schemas/faults.schema.json` says its form to editors.
enum FaultFile {
  /// Larger files are no scripts of a person.
  private static let sizeLimit = 1 << 20

  /// The script at `path`, which messages call `name`; throws one message with the first mistake.
  static func read(_ path: FilePath, named name: String) throws -> FaultScript {
    let (root, diagnostics) = PlainYAML.read(try bytes(path, name), file: name)
    if let mistake = diagnostics.first(where: { $0.severity == .error }) {
      // Of an empty file the advice is about pipelines.
      let remedy = mistake.span == nil ? "list faults under `faults:`" : mistake.suggestion
      throw FaultMistake(mistake.message, at: mistake.span, remedy: remedy).error(in: name)
    }
    do throws(FaultMistake) {
      return try script(root)
    } catch {
      throw error.error(in: name)
    }
  }

  private static func bytes(_ path: FilePath, _ name: String) throws -> [UInt8] {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      return try file.closeAfter {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= sizeLimit {
          let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
          guard count > 0 else { return bytes }
          bytes += piece[..<count]
        }
        throw OperationError(
          .unsupported, "\(name) is larger than \(sizeLimit) bytes",
          remedy: "name a file of faults (docs/rehearsal.md)")
      }
    } catch let error as Errno {
      throw OperationError(
        error == .noSuchFileOrDirectory ? .notFound : .inputOutput,
        "\(name) cannot be read: \(error.description)",
        remedy: "name a file of faults (docs/rehearsal.md)")
    }
  }

  private static func script(_ root: PlainYAML?) throws(FaultMistake) -> FaultScript {
    guard let root else { throw FaultMistake("the file says nothing", at: nil) }
    let fields = try FaultFields(root, called: "a file of faults", knows: ["seed", "faults"])
    let seed = try fields.whole("seed", 0...Int.max) ?? 0
    guard let list = try fields.list("faults"), !list.isEmpty else {
      throw FaultMistake(
        "the file has no `faults`", at: root.span, remedy: "list at least one under `faults:`")
    }
    var faults: [Fault] = []
    for item in list { faults.append(try FaultReader.fault(item, number: faults.count + 1)) }
    return FaultScript(seed: UInt64(seed), faults: faults)
  }
}

/// What is wrong in a file of faults, and where.
struct FaultMistake: Error {
  let sentence: String
  let span: SourceSpan?
  let remedy: String?

  init(_ sentence: String, at span: SourceSpan?, remedy: String? = nil) {
    self.sentence = sentence
    self.span = span
    self.remedy = remedy
  }

  /// One message that names the place.
  func error(in file: String) -> OperationError {
    let place = span.map { "\(file):\($0.start.line):\($0.start.column)" } ?? file
    return OperationError(.unsupported, "\(place): \(sentence)", remedy: remedy)
  }
}
