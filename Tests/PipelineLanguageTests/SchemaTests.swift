import Foundation
import KeyreelCore
import Testing

@testable import PipelineLanguage

@Suite("The JSON Schema")
struct SchemaTests {
  @Test("The committed schema is the one that the loader's tables make")
  func committed() throws {
    let file = Repository.root.appending(path: "schemas/pipeline.schema.json")
    let made = PipelineSchema.json()
    if ProcessInfo.processInfo.environment["KEYREEL_RECORD"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(made.utf8).write(to: file)
    }
    let committed = try? String(contentsOf: file, encoding: .utf8)
    #expect(committed == made, "re-record with KEYREEL_RECORD=1")
  }

  @Test("Schema and loader refuse the same structures over a generated corpus")
  func agreement() throws {
    let corpus = GeneratedCorpus.texts(count: samples(600))
    try expectAgreement(on: corpus, least: corpus.count / 3)
  }

  @Test("Schema and loader read every single value alike, at every place of the language")
  func scalars() throws {
    try expectAgreement(on: GeneratedCorpus.scalarPlacements(), least: 500)
  }

  @Test("Schema and loader agree on the golden corpus of broken files")
  func golden() throws {
    let texts = try Repository.files(below: Repository.broken, ending: "yaml").map {
      String(decoding: try Data(contentsOf: $0), as: UTF8.self)
    }
    try expectAgreement(on: texts, least: 40)
  }

  /// Both judges over `texts`; at least `least` of them must be readable as YAML.
  private func expectAgreement(on texts: [String], least: Int) throws {
    var judged: [(text: String, loaded: LoadedPipeline)] = []
    var documents: [String] = []
    for text in texts {
      var log = DiagnosticLog(file: "")
      guard let root = Composer.compose(Array(text.utf8), &log), !log.hasErrors else { continue }
      judged.append((text, load(text)))
      documents.append(root.json)
    }
    #expect(judged.count >= least)
    let verdicts = try SchemaJudge.verdicts(on: documents)
    try #require(verdicts.count == judged.count)
    for ((text, loaded), complaint) in zip(judged, verdicts) {
      if complaint != nil {
        #expect(
          loaded.hasErrors, "the schema refuses, the loader does not: \(complaint ?? "")\n\(text)")
      }
      let isStructural = loaded.diagnostics.contains {
        DiagnosticCode(rawValue: $0.code)?.isStructural == true
      }
      if isStructural {
        #expect(
          complaint != nil, "the loader refuses, the schema does not: \(render(loaded))\n\(text)")
      }
    }
  }
}

/// The `jsonschema` package of Python, run once over many documents.
enum SchemaJudge {
  struct Unavailable: Error, CustomStringConvertible { let description: String }

  private static let program = """
    import json, sys
    import jsonschema
    schema = json.load(open(sys.argv[1]))
    judge = jsonschema.Draft202012Validator(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    for line in open(sys.argv[2], encoding="utf-8"):
        error = next(judge.iter_errors(json.loads(line)), None)
        print(json.dumps(None if error is None else f"{error.json_path}: {error.message}"[:400]))
    """

  /// For each document, `nil` when it is valid, else the schema's complaint.
  static func verdicts(on documents: [String]) throws -> [String?] {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let schema = folder.appending(path: "schema.json")
    let lines = folder.appending(path: "documents.jsonl")
    try Data(PipelineSchema.json().utf8).write(to: schema)
    try Data(documents.map { $0 + "\n" }.joined().utf8).write(to: lines)
    let output = try run(["-c", program, schema.path, lines.path])
    return try output.split(separator: "\n").map {
      try JSONDecoder().decode(String?.self, from: Data($0.utf8))
    }
  }

  private static func run(_ arguments: [String]) throws -> String {
    let own = Repository.root.appending(path: ".venv/bin/python").path
    let process = Process()
    let hasOwn = FileManager.default.isExecutableFile(atPath: own)
    process.executableURL = URL(filePath: hasOwn ? own : "/usr/bin/env")
    process.arguments = (hasOwn ? [] : ["python3"]) + ["-W", "ignore"] + arguments
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Unavailable(
        description: "Python with `jsonschema` is needed (scripts/setup, or pip install "
          + "jsonschema): \(String(decoding: complaint.suffix(600), as: UTF8.self))")
    }
    return String(decoding: text, as: UTF8.self)
  }
}
