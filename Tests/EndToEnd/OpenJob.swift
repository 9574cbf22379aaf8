import Foundation
import KeyreelTesting
import SystemPackage
import Testing

/// An exported job, and the programs of others that take such jobs.
struct OpenJob {
  let folder: URL
  let environment: [String: String]

  /// Exports `file` of `project` as the folder `name`.
  static func export(
    _ file: String, _ more: String..., in project: TemporaryProject, to name: String = "job",
    environment: [String: String] = [:]
  ) async throws -> OpenJob {
    let outcome = try await KeyreelProcess.run(
      ["export", "openjd", file, "-o", name] + more, in: project.folder, environment: environment)
    guard outcome.status == 0 else { throw ProgramFailure(description: "\(outcome)") }
    return OpenJob(folder: project.folder.appendingPathComponent(name), environment: environment)
  }

  private static func tool(_ name: String) -> String {
    Checkout.root.appending(".venv/bin").appending(name).string
  }

  private var template: String { folder.appendingPathComponent("template.yaml").path }

  /// Has the template checked by the reference program.
  func check() throws { try OtherProgram.run(Self.tool("openjd"), ["check", template]) }

  /// Runs the whole job on this machine, other `values` winning over those of the bundle; returns its log.
  ///
  /// With `mapping`, paths of the folder above the bundle are meant to be in that folder.
  @discardableResult
  func run(
    with values: [String: String] = [:], mapping: String? = nil, status: Int32 = 0
  ) async throws -> String {
    var words = [
      Self.tool("openjd"), "run", template, "-p",
      "file://" + folder.appendingPathComponent("parameters.yaml").path,
      "-p", "Keyreel=\(KeyreelProcess.program.path)",
    ]
    for (name, value) in values { words += ["-p", "\(name)=\(value)"] }
    if let mapping {
      let rule = [
        "source_path_format": "POSIX", "destination_path": mapping,
        "source_path": folder.deletingLastPathComponent().path,
      ]
      let rules: [String: Any] = ["version": "pathmapping-1.0", "path_mapping_rules": [rule]]
      words += [
        "--path-mapping-rules",
        String(decoding: try JSONSerialization.data(withJSONObject: rules), as: UTF8.self),
      ]
    }
    var variables: [String: String?] = ["KEYREEL_STORE": nil, "CI": nil, "KEYREEL_MODELS": nil]
    for (name, value) in environment { variables[name] = value }
    let outcome = try await ChildProcess(words, environment: variables).outcome()
    #expect(outcome.status == status, "\(outcome)")
    return outcome.output + outcome.errors
  }

  /// What Deadline Cloud's client makes of the bundle before it sends a job.
  struct Bundle: Decodable {
    var parameters: [String: String]
    var inputs: [String]
    var outputs: [String?]
  }

  /// Has the bundle read by Deadline Cloud's client.
  func deadline() throws -> Bundle {
    let program = """
      import json, os, sys
      from deadline.client.job_bundle.loader import (
          read_yaml_or_json_object, validate_directory_symlink_containment)
      from deadline.client.job_bundle.parameters import (
          apply_job_parameters, read_job_bundle_parameters)
      from deadline.client.job_bundle.submission import AssetReferences, split_parameter_args
      folder = sys.argv[1]
      validate_directory_symlink_containment(folder)
      parameters = read_job_bundle_parameters(folder)
      references = AssetReferences.from_dict(
          read_yaml_or_json_object(folder, "asset_references", False))
      apply_job_parameters([], folder, parameters, references)
      values = split_parameter_args(parameters, folder)[1]
      inputs = set(references.input_filenames)
      for directory in references.input_directories:
          for root, _, names in os.walk(directory):
              inputs |= {os.path.join(root, name) for name in names}
      print(json.dumps({
          "parameters": {name: list(value.values())[0] for name, value in values.items()},
          "inputs": sorted(inputs), "outputs": sorted(references.output_directories)}))
      """
    let info = try OtherProgram.run(Self.tool("deadline"), ["bundle", "info", folder.path])
    #expect(String(decoding: info, as: UTF8.self).contains("\"Clips\""))
    return try JSONDecoder().decode(
      Bundle.self, from: OtherProgram.run(Self.tool("python3"), ["-c", program, folder.path]))
  }
}
