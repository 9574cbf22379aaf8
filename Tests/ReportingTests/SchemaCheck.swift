import Foundation

/// The folder that holds `Package.swift`.
let repository = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// What Python's `jsonschema` says of documents, one JSON text each; nothing when all are valid.
func complaints(of documents: [Data], against schema: String) throws -> String {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "keyreel-schema-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  var files: [String] = []
  for (index, document) in documents.enumerated() {
    let file = folder.appending(path: "\(index).json")
    try document.write(to: file)
    files.append(file.path)
  }
  let program = """
    import json, sys, jsonschema
    schema = json.load(open(sys.argv[1]))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for name in sys.argv[2:]:
        for error in validator.iter_errors(json.load(open(name))):
            print(name.rsplit("/", 1)[-1], error.json_path, error.message)
    """
  let process = Process()
  let own = repository.appending(path: ".venv/bin/python").path
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments =
    [FileManager.default.isExecutableFile(atPath: own) ? own : "python3", "-c", program]
    + [repository.appending(path: "schemas/\(schema)").path] + files
  let output = Pipe()
  process.standardOutput = output
  process.standardError = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return process.terminationStatus == 0 ? text : "the validator failed: \(text)"
}
