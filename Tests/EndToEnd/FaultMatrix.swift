import Foundation
import KeyreelCore
import KeyreelTesting
import PipelineLanguage
import SystemPackage
import Testing

/// The tables of `docs/fault-matrix.md`: each fault, where and when it strikes, and what comes of it.
struct FaultMatrix {
  /// What the page promises; its words.
  enum Outcome: String, CaseIterable {
    case made, refused, held, unknown, adopted, later, failed, remarked, dearer, endless, told
    case unused
  }

  /// One fault of a line.
  struct Trial: CustomStringConvertible {
    let place: String
    /// In YAML: `answer: 503`.
    let fault: String
    let calls: [Int]
    let outcome: Outcome

    var action: String { String(fault.prefix { $0 != ":" }) }
    var description: String { "`\(place)` `\(fault)` \(calls)" }

    /// The entry in a file of faults, for calls of `endpoint` alone where it is given.
    func entry(named name: String, endpoint: String? = nil) -> String {
      let of = endpoint.map { ", endpoint: \($0)" } ?? ""
      return "  - {name: \(name), at: \(place)\(of), nth: \(calls), \(fault)}\n"
    }
  }

  let trials: [Trial]

  /// Reads the page.
  init() throws {
    let root = URL(fileURLWithPath: Checkout.root.string)
    let page = try String(
      contentsOf: root.appendingPathComponent("docs/fault-matrix.md"), encoding: .utf8)
    var trials: [Trial] = []
    for line in page.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(cells.count == 4, "\(line)")
      let outcome = try #require(Outcome(rawValue: cells[3]), "no word of the page: \(line)")
      let calls = try cells[2].split(separator: ",").map {
        try #require(Int($0.trimmingCharacters(in: .whitespaces)), "\(line)")
      }
      for fault in cells[1].components(separatedBy: "`, `") {
        trials.append(
          Trial(
            place: cells[0].replacing("`", with: ""), fault: fault.replacing("`", with: ""),
            calls: calls, outcome: outcome))
      }
    }
    self.trials = trials
  }

  /// The trials at places that name an endpoint, which one run can play all at once.
  var together: [Trial] { trials.filter { !isLone($0) } }

  /// The trials that concern a whole run.
  var alone: [Trial] { trials.filter(isLone) }

  private func isLone(_ trial: Trial) -> Bool {
    ["upload", "download", "platform"].contains(trial.place)
      || [.held, .endless].contains(trial.outcome) || isOfStream(trial)
  }

  /// Whether it makes a difference that the first call for a status is a stream: where several streams
  /// fail, a run polls at once.
  private func isOfStream(_ trial: Trial) -> Bool {
    trials.contains {
      $0.place == "status" && $0.place == trial.place && $0.fault == trial.fault
        && $0.outcome != trial.outcome
    }
  }
}

/// What the schema says that can be scripted.
struct FaultForms {
  let places: [String]
  let actions: [String]
  private let definitions: [String: Any]
  private let properties: [String: Any]

  init() throws {
    let root = URL(fileURLWithPath: Checkout.root.string)
    let schema = try JSONSerialization.jsonObject(
      with: Data(contentsOf: root.appendingPathComponent("schemas/faults.schema.json")))
    definitions = try #require((schema as? [String: Any])?["$defs"] as? [String: Any])
    let fault = try #require(definitions["fault"] as? [String: Any])
    properties = try #require(fault["properties"] as? [String: Any])
    let at = try #require(properties["at"] as? [String: Any])
    places = try #require(at["enum"] as? [String])
    let choices = try #require(fault["oneOf"] as? [[String: Any]])
    actions = try choices.map { try #require(($0["required"] as? [String])?.first) }
  }

  /// The forms of `action` that must each be tried somewhere: the words and keys that it knows.
  func forms(of action: String) -> [String] { words(properties[action]) }

  private func words(_ value: Any?) -> [String] {
    guard let schema = value as? [String: Any] else { return [] }
    var found =
      (schema["enum"] as? [String] ?? []) + [schema["const"] as? String].compactMap(\.self)
    for (name, part) in schema["properties"] as? [String: Any] ?? [:] {
      found.append("\(name):")
      found += words(part)
    }
    for part in schema["oneOf"] as? [Any] ?? [] { found += words(part) }
    if let name = (schema["$ref"] as? String)?.split(separator: "/").last {
      found += words(definitions[String(name)])
    }
    return found
  }

  /// Which places the schema lets each of `samples`, one fault in YAML by action, strike at.
  func allowed(_ samples: [String: String]) throws -> [String: Set<String>] {
    let pairs = samples.flatMap { action, fault in places.map { (action, fault, $0) } }
    let documents = try pairs.map { _, fault, place in
      try Self.json("faults: [{at: \(place), \(fault)}]")
    }
    let complaints = try SchemaCheck.complaints(of: documents, against: "faults.schema.json")
    var allowed: [String: Set<String>] = [:]
    for ((action, _, place), complaint) in zip(pairs, complaints) where complaint.isEmpty {
      allowed[action, default: []].insert(place)
    }
    return allowed
  }

  private static func json(_ yaml: String) throws -> Data {
    let (root, diagnostics) = PlainYAML.read(Array(yaml.utf8), file: "fault")
    try #require(!diagnostics.contains { $0.severity == .error }, "\(yaml)")
    return try JSONSerialization.data(withJSONObject: value(try #require(root)))
  }

  private static func value(_ yaml: PlainYAML) -> Any {
    switch yaml.content {
    case .mapping(let entries):
      Dictionary(
        entries.map { ($0.key.value, value($0.value)) }, uniquingKeysWith: { $1 }) as [String: Any]
    case .list(let items): items.map(value)
    case .text(let text): text
    case .integer(let number): number
    case .number(let number): number
    case .boolean(let flag): flag
    default: NSNull()
    }
  }
}
