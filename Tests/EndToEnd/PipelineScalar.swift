import Foundation
import KeyreelTesting

/// A value that stands in a pipeline's text, found by a reader of YAML that is not ours.
struct PipelineScalar: Decodable, CustomStringConvertible {
  /// 1-based line.
  var line: Int
  /// Where it begins and ends, in characters.
  var start: Int
  var end: Int
  /// Its key, or that of its list with its place: `keyframes[1]`.
  var name: String
  var value: String

  var description: String { "line \(line), \(name): \(value)" }

  private static let reader = """
    import json, sys, yaml
    found = []
    def look(node, name):
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value: look(value, key.value)
        elif isinstance(node, yaml.SequenceNode):
            for place, item in enumerate(node.value): look(item, f"{name}[{place}]")
        else:
            found.append({"line": node.start_mark.line + 1, "start": node.start_mark.index,
                          "end": node.end_mark.index, "name": name, "value": node.value})
    look(yaml.compose(sys.argv[1]), "")
    print(json.dumps(found))
    """

  static func all(of pipeline: String) throws -> [PipelineScalar] {
    let told = try ChildProcess.run([Checkout.python, "-c", reader, pipeline])
    return try JSONDecoder().decode([PipelineScalar].self, from: Data(told.bytes))
  }

  /// The pipeline with another value here.
  func changed(in pipeline: String) -> String {
    let text = Array(pipeline)
    let other = Int(value).map { String($0 + 1) } ?? value + "x"
    return String(text[..<start]) + other + String(text[end...])
  }
}
