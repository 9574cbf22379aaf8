import SystemPackage

/// Python's `openapi_spec_validator`, a judge of OpenAPI documents that is not ours.
public enum OpenAPICheck {
  private static let program = """
    import json, sys, openapi_spec_validator
    document = json.load(open(sys.argv[1], encoding="utf-8"))
    validator = openapi_spec_validator.OpenAPIV30SpecValidator(document)
    for error in list(validator.iter_errors())[:10]:
        print(" ".join(f"{error.json_path}: {error.message}"[:400].split()))
    """

  /// What is wrong with an OpenAPI 3.0 document, a line each; empty when all is well.
  public static func complaints(of document: some Sequence<UInt8>) throws -> String {
    let scratch = try ScratchFolder()
    let file = scratch.path.appending("document.json")
    try TestFile.write(Array(document), to: file)
    return try ChildProcess.run([
      Checkout.python, "-W", "ignore", "-c", program, file.string,
    ]).output
  }
}
