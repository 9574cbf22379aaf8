import Foundation
import KeyreelCore
import KeyreelTesting
import Planning

let animatic = BackendIdentity(kind: "animatic", origin: "1")
let paid = BackendIdentity(kind: "fal", origin: "queue.fal.run")

/// The profiles of `schemas/models`.
func profiles() throws -> [ModelProfile] {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let folder = root.appending(path: "schemas/models")
  return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
    try JSONDecoder().decode(
      ModelProfile.self, from: Data(contentsOf: folder.appending(path: $0)))
  }
}

func span(_ line: Int, _ column: Int = 1) -> SourceSpan {
  SourceSpan(
    start: .init(line: line, column: column), end: .init(line: line, column: column + 4))
}

func at<Value>(_ line: Int, _ value: Value) -> Written<Value> { Written(value, at: span(line)) }

func seconds(_ milliseconds: Int64) -> TimeLength { .time(nanoseconds: milliseconds * 1_000_000) }

/// A stop at the picture in `file`; `change` makes it special.
func stop(
  _ file: String, _ line: Int = 20, _ change: (inout PipelineDocument.Stop) -> Void = { _ in }
) -> PipelineDocument.Stop {
  var stop = PipelineDocument.Stop(subject: at(line, .picture(.file(file))))
  change(&stop)
  return stop
}

func parameter(
  _ name: String, _ value: ParameterValue, _ line: Int = 3
) -> PipelineDocument.Settings.Parameter {
  .init(name: at(line, name), value: Written(value, at: span(line, 20)))
}

/// A document with one chain, a prompt and the name `film`.
func document(
  _ stops: [PipelineDocument.Stop], _ change: (inout PipelineDocument) -> Void = { _ in }
) -> PipelineDocument {
  var document = PipelineDocument(
    path: "film.yaml", displayPath: "film.yaml", digest: Digest.of("film"), name: "film")
  document.defaults.parameters = [parameter("prompt", .string("a lake"), 2)]
  document.sequences = [sequence("valley", stops)]
  change(&document)
  return document
}

func sequence(
  _ name: String, _ stops: [PipelineDocument.Stop], line: Int = 10,
  _ change: (inout PipelineDocument.KeyframeChain) -> Void = { _ in }
) -> PipelineDocument.Sequence {
  var chain = PipelineDocument.KeyframeChain(stops: stops)
  change(&chain)
  var sequence = PipelineDocument.Sequence(span: span(line), content: .keyframes(chain))
  sequence.name = at(line, name)
  return sequence
}

extension PipelineDocument {
  /// Changes the chain of sequence `index`.
  mutating func changeChain(_ index: Int, _ change: (inout KeyframeChain) -> Void) {
    guard case .keyframes(var chain) = sequences[index].content else { return }
    change(&chain)
    sequences[index].content = .keyframes(chain)
  }
}

/// Plans one document with facts made up from the names of its files.
func plan(
  _ document: PipelineDocument, facts: SourceFacts? = nil, backend: BackendIdentity = animatic
) throws -> PlanningResult {
  try Planner(profiles: profiles()).plan(
    [document], facts: facts ?? PlanGenerator.facts(for: document), backend: backend)
}

struct Unplanned: Error, CustomStringConvertible {
  let description: String
}

/// The plan of a document that must have one.
func film(
  _ document: PipelineDocument, facts: SourceFacts? = nil, backend: BackendIdentity = animatic
) throws -> FilmPlan {
  let result = try plan(document, facts: facts, backend: backend)
  guard let film = result.plan?.films.first else {
    throw Unplanned(description: "\(result.diagnostics.map(\.message))")
  }
  return film
}
