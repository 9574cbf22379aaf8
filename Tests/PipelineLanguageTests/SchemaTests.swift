import Foundation
import KeyreelCore
import KeyreelTesting
import Testing

@testable import PipelineLanguage

@Suite("The JSON Schema", .ownThread)
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
    let verdicts = try SchemaCheck.complaints(
      of: documents.map(\.utf8), schema: PipelineSchema.json().utf8)
    for ((text, loaded), complaint) in zip(judged, verdicts) {
      if !complaint.isEmpty {
        #expect(
          loaded.hasErrors, "the schema refuses, the loader does not: \(complaint)\n\(text)")
      }
      let isStructural = loaded.diagnostics.contains {
        DiagnosticCode(rawValue: $0.code)?.isStructural == true
      }
      if isStructural {
        #expect(
          !complaint.isEmpty, "the loader refuses, the schema does not: \(render(loaded))\n\(text)")
      }
    }
  }
}
