internal import FalProtocol
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import KeyreelCore
internal import Reporting
internal import Review

extension PipelineWork {
  /// What a plan of this work holds fast beside itself.
  func pins(of plan: Plan) throws -> PlanPins {
    PlanPins(
      madeBy: "keyreel \(Version.number)",
      fields: PipelineFields(of: text).leaves.map { .init($0.path, $0.value) },
      sources: sourcePins, models: try modelPins(of: plan))
  }

  /// The plan as its file says it, with what a run would do now.
  func planFile(_ forecast: Forecast) throws -> PlanFile {
    do {
      return try PlanFile(
        reading: PlanJSON(forecast, pins: try pins(of: forecast.plan)).bytes)
    } catch let problem as PlanFile.Problem {
      preconditionFailure("a plan that was just written cannot be read: \(problem)")
    }
  }

  /// Digests of all files, by path or address; what several keyframes use stands there once.
  private var sourcePins: [PlanPins.Pin] {
    var seen: Set<String> = []
    return documents.flatMap(\.references).compactMap { reference in
      guard case .success(let fact)? = facts.entries[reference.value] else { return nil }
      let name = reference.value.name
      guard seen.insert(name).inserted else { return nil }
      return PlanPins.Pin(name, fact.digest.hex)
    }
  }

  /// All of a profile but its texts for people.
  private func modelPins(of plan: Plan) throws -> [PlanPins.Model] {
    let used = Set(plan.films.flatMap(\.segments).map(\.model))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return try profiles.filter { used.contains($0.id) }.sorted { $0.id < $1.id }.map { profile in
      let tree = try JSONValue(parsing: encoder.encode(profile))
      let fields = FlatFields(tree) { path in
        ["id", "title", "source", "price.source"].contains(path) || path.hasSuffix("].help")
      }
      return PlanPins.Model(
        id: profile.id, profile: fields.fields.map { .init($0.path, $0.value) })
    }
  }
}

extension SourceReference {
  /// What people call the file: its path or address.
  var name: String {
    if let path { return path }
    if case .picture(.url(let address, digest: _)) = self { return address }
    preconditionFailure("what has no path has an address")
  }
}
