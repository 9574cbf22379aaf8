import FalProtocol
import Foundation
import KeyreelCore
import Testing

@Suite("An endpoint's OpenAPI document follows from its profile")
struct OpenAPITests {
  /// `FAL_PROTOCOL_RECORD=1` writes what is generated as the new expectation.
  private static let isRecording =
    ProcessInfo.processInfo.environment["FAL_PROTOCOL_RECORD"] == "1"

  private static let ids = ["fal-ai/framepack/flf2v", "fal-ai/wan-flf2v", "test/every/kind"]

  private static func document(_ id: String) throws -> OpenAPIDocument {
    OpenAPIDocument(try Fixture.profile(id), server: "https://queue.fal.run")
  }

  @Test("The document of flf2v is the recorded one")
  func golden() throws {
    let document = try Self.document("fal-ai/framepack/flf2v").json
    var text = JSONText(indentedWithCapacity: 20_000)
    document.write(to: &text)
    text.endLine()
    let file = Fixture.folder.appending(path: "Golden/openapi-flf2v.json")
    if Self.isRecording { try Data(text.bytes).write(to: file) }
    #expect(text.string == (try String(contentsOf: file, encoding: .utf8)))
  }

  @Test("Properties stand in the order in which they are to be shown", arguments: ids)
  func order(id: String) throws {
    let document = try Self.document(id)
    let input = try #require(document.json["components"]?["schemas"]?[document.name + "Input"])
    let names = try #require(input["properties"]?.objectValue?.members.map(\.key))
    #expect(input["x-fal-order-properties"]?.arrayValue?.compactMap(\.stringValue) == names)
    #expect(Set(names).count == names.count)
    let paths = try #require(document.json["paths"]?.objectValue?.members)
    #expect(paths.allSatisfy { $0.key.hasPrefix("/" + id) })
  }

  @Test("Every address inside the document leads somewhere", arguments: ids)
  func references(id: String) throws {
    let document = try Self.document(id).json
    let schemas = try #require(document["components"]?["schemas"]?.objectValue)
    let references = Self.references(in: document)
    #expect(references.count > 30)
    for reference in references {
      let name = reference.replacing("#/components/schemas/", with: "")
      #expect(schemas[name] != nil, "\(reference)")
    }
  }

  @Test(
    "The public validator finds no fault",
    .enabled(if: hasValidator, "needs openapi-spec-validator"),
    arguments: ids)
  func validator(id: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(try Self.document(id).json.bytes).write(to: file)
    let (status, output) = try Self.python(["-m", "openapi_spec_validator", file.path])
    #expect(status == 0, "\(output)")
  }

  @Test(
    "What a server writes conforms to the document",
    .enabled(if: hasValidator, "needs a validator"),
    arguments: ids)
  func conformance(id: String) throws {
    let document = try Self.document(id)
    let values = try Self.answers() + Self.inputs(document)
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let pairs = values.map { name, value -> JSONValue in
      let isGeneral = ["QueueStatus", "CancelAnswer", "ErrorList", "ErrorText"].contains(name)
      return [.string(isGeneral ? name : document.name + name), value]
    }
    try Data((["document": document.json, "values": .array(pairs)] as JSONValue).bytes)
      .write(to: file)
    let script = Fixture.folder.appending(path: "Golden/conform.py").path
    let (status, output) = try Self.python([script, file.path])
    #expect(status == 0, "\(output)")
    #expect(output.contains("\(pairs.count) values"))
  }

  /// One of each answer that a server gives.
  private static func answers() throws -> [(String, JSONValue)] {
    let endpoint = try #require(EndpointID("a/b"))
    let links = RequestLinks(base: "https://h", endpoint: endpoint, requestID: "r")
    var statuses = RequestState.allCases.map { QueueStatus($0, requestID: "r", links: links) }
    statuses.append(
      QueueStatus(
        .completed, requestID: "r", links: links, queuePosition: 0,
        logs: [LogLine("m", timestamp: "t")], inferenceTime: .milliseconds(5),
        failure: .init("Invalid status code: 422")))
    let output = ModelOutput(video: MediaFile(url: "u", fileSize: 3), seed: nil)
    let errors = [
      ModelError.imageLoad(field: "image_url", input: "x"), .noMediaGenerated,
      .imageTooSmall(field: "f", minimumWidth: 1, minimumHeight: 2, input: "x"),
    ]
    var answers: [(String, JSONValue)] = []
    for status in statuses { answers.append(("QueueStatus", try JSONValue(parsing: status.bytes))) }
    for answer in CancelAnswer.allCases {
      answers.append(("CancelAnswer", try JSONValue(parsing: answer.bytes)))
    }
    for error in errors { answers.append(("ErrorList", try JSONValue(parsing: error.body.bytes))) }
    for error in ServiceError.allCases {
      answers.append(("ErrorText", try JSONValue(parsing: error.body("words").bytes)))
    }
    return answers + [("Output", try JSONValue(parsing: output.bytes))]
  }

  /// The completed form of all recorded inputs that are accepted, and the mistakes of the others.
  private static func inputs(_ document: OpenAPIDocument) throws -> [(String, JSONValue)] {
    let groups = try #require(try Fixture.json("Golden/validation.json").arrayValue)
    let group = try #require(groups.first { $0["profile"] == .string(document.profile.id) })
    let form = InputForm(document.profile)
    return try (group["cases"]?.arrayValue ?? []).map { recorded in
      do throws(InputFailure) {
        let body = recorded["body"]?.stringValue ?? ""
        return ("Input", try form.validate(body: body.utf8).json(in: form))
      } catch {
        return ("ErrorList", try JSONValue(parsing: error.body.bytes))
      }
    }
  }

  static let hasValidator = (try? python(["-c", "import openapi_spec_validator"]))?.0 == 0

  private static func python(_ arguments: [String]) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  private static func references(in value: JSONValue) -> [String] {
    switch value {
    case .object(let object):
      object.members.flatMap { member in
        member.key == "$ref" ? [member.value.stringValue ?? ""] : references(in: member.value)
      }
    case .array(let values): values.flatMap(references)
    default: []
    }
  }
}

@Suite("An endpoint's inputs are read from its OpenAPI document")
struct OpenAPIInputTests {
  @Test(
    "What a profile says is what its document says",
    arguments: ["fal-ai/framepack/flf2v", "fal-ai/wan-flf2v", "test/every/kind"])
  func agreement(id: String) throws {
    let profile = try Fixture.profile(id)
    let document = OpenAPIDocument(profile, server: "https://queue.fal.run").json
    let inputs = try OpenAPIInput(decoding: document, endpoint: id).inputs
    #expect(inputs.map(\.name) == InputForm(profile).fields.map(\.name))
    for parameter in profile.parameters {
      let input = try #require(inputs.first { $0.name == parameter.name })
      #expect(input.kind == parameter.kind && input.isRequired == (parameter.isRequired ?? false))
      #expect(input.defaultValue?.description == parameter.defaultValue?.description)
      #expect(input.minimum == parameter.minimum && input.maximum == parameter.maximum)
      #expect(input.maximumLength == parameter.maximumLength)
      #expect(input.options == parameter.options)
    }
  }

  @Test("Wrappers of generators are looked through, and what is no single value has no type")
  func wrappers() throws {
    let document: JSONValue = [
      "paths": [
        "/a/b": [
          "post": [
            "requestBody": [
              "content": ["application/json": ["schema": ["$ref": "#/components/schemas/In"]]]
            ]
          ]
        ]
      ],
      "components": [
        "schemas": [
          "In": [
            "properties": [
              "maybe": ["anyOf": [["type": "integer", "minimum": 2], ["type": "null"]]],
              "size": ["allOf": [["$ref": "#/components/schemas/Size"]], "default": "big"],
              "loras": ["type": "array", "items": ["type": "string"]],
              "either": ["anyOf": [["type": "string"], ["$ref": "#/components/schemas/Size"]]],
              "loop": ["$ref": "#/components/schemas/Loop"],
            ],
            "required": ["size"],
          ],
          "Size": ["type": "string", "enum": ["big", "small"]],
          "Loop": ["$ref": "#/components/schemas/Loop"],
        ]
      ],
    ]
    let inputs = try OpenAPIInput(decoding: document, endpoint: "a/b").inputs
    #expect(inputs.map(\.kind) == [.integer, .string, nil, nil, nil])
    #expect(inputs[0].minimum == 2)
    #expect(inputs[1].defaultValue == .string("big") && inputs[1].isRequired)
    #expect(inputs[1].options == [.string("big"), .string("small")])
    #expect(throws: WireError.self) { try OpenAPIInput(decoding: document, endpoint: "a/c") }
    #expect(throws: WireError.self) { try OpenAPIInput(decoding: [:], endpoint: "a/b") }
  }
}
