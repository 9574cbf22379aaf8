public import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The checkout that the tests belong to.
public enum Checkout {
  /// The folder that holds `Package.swift`.
  public static let root = FilePath(#filePath).removingLastComponent()
    .removingLastComponent().removingLastComponent()

  /// The Python that `scripts/setup --tests` made for this checkout, or the system's.
  public static var python: String {
    let own = root.appending(".venv/bin/python").string
    return access(own, X_OK) == 0 ? own : "python3"
  }
}

/// Python's `jsonschema`, a judge of JSON documents that is not ours.
public enum SchemaCheck {
  private static let program = """
    import json, sys, jsonschema
    schema = json.load(open(sys.argv[1], encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    kind.check_schema(schema)
    judge = kind(schema)
    for document in json.load(open(sys.argv[2], encoding="utf-8")):
        errors = [f"{error.json_path}: {error.message}"[:400] for error in judge.iter_errors(document)]
        print(" ".join("; ".join(errors[:10]).split()))
    """

  /// What is wrong with each of `documents`, in one line, by the file `name` of the `schemas` folder.
  ///
  /// Empty lines for documents that are valid.
  public static func complaints(
    of documents: [some Sequence<UInt8>], against name: String
  ) throws -> [String] {
    let schema = try TestFile.read(Checkout.root.appending("schemas").appending(name))
    return try complaints(of: documents, schema: schema)
  }

  /// What is wrong with each of `documents`, in one line, by `schema`; empty when all is well.
  public static func complaints(
    of documents: [some Sequence<UInt8>], schema: some Sequence<UInt8>
  ) throws -> [String] {
    let scratch = try ScratchFolder()
    let file = scratch.path.appending("documents.json")
    try TestFile.write(
      [UInt8(ascii: "[")] + documents.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")],
      to: file)
    let rules = scratch.path.appending("schema.json")
    try TestFile.write(schema, to: rules)
    let judged = try ChildProcess.run([
      Checkout.python, "-W", "ignore", "-c", program, rules.string, file.string,
    ])
    let lines = judged.output.split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast().map(String.init)
    guard lines.count == documents.count else {
      throw ChildProcess.Failure(
        description: "\(lines.count) verdicts on \(documents.count) documents")
    }
    return lines
  }
}
