public import KeyreelCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A plan that was written to a file and comes back to be run.
///
/// A saved plan is never run as it stands: its pipeline is planned again, and both must be equal.
/// So a plan from a stranger can forge nothing.
public struct SavedPlan: Sendable {
  /// The pipeline file, relative to the project root.
  public let pipeline: String
  /// Who is to make the clips, as `kind@origin`.
  public let backend: String
  private let members: JSONMember

  /// Reads a plan that ``PlanJSON`` wrote; errors name `file`.
  public init(_ bytes: [UInt8], file: String) throws {
    guard let members = try? JSONDecoder().decode(JSONMember.self, from: Data(bytes)),
      case .object(let object) = members
    else {
      throw OperationError(
        .corrupt, "`\(file)` is not a saved plan: it is not a JSON object",
        remedy: "write one with `keyreel plan PIPELINE -o \(file)`")
    }
    guard case .number("\(Plan.formatVersion)")? = object["format_version"] else {
      throw OperationError(
        .unsupported,
        "`\(file)` has a plan format that this program does not read: "
          + "\(object["format_version"]?.short ?? "none")",
        remedy: "write the plan again with this version")
    }
    guard case .object(let pipeline)? = object["pipeline"],
      case .string(let path)? = pipeline["path"], case .string(let backend)? = object["backend"]
    else {
      throw OperationError(
        .corrupt, "`\(file)` is not a whole saved plan: it names no pipeline or backend",
        remedy: "write it again with `keyreel plan PIPELINE -o \(file)`")
    }
    self.pipeline = path
    self.backend = backend
    self.members = members
  }

  /// What has moved since the plan was saved, as phrases for people; none when it still holds.
  ///
  /// What the store held then (actions, reasons, new and reused cost) is no part of the comparison.
  public func differences(from forecast: Forecast) throws -> [String] {
    let current = try JSONDecoder().decode(
      JSONMember.self, from: Data(PlanJSON(forecast).bytes))
    var differences: [String] = []
    members.compare(with: current, at: "", &differences)
    return differences
  }
}
