#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
public import KeyreelCore

/// Finds the provider's requests that belong to submissions of unknown outcome.
///
/// A pure value.
///
/// The whole sent input is compared; seeds alone are not unique. Requests that a ticket owns are out
/// of the question, and so are those sent before the submission was begun.
public struct RequestMatching: Sendable {
  /// A submission of which nobody knows whether it was accepted.
  public struct Intent: Hashable, Sendable {
    /// The clip it was for.
    public var key: RecipeKey
    /// Where it went.
    public var endpoint: String
    /// The whole input as it was sent.
    public var input: String
    /// When it was begun, RFC 3339; `nil` when that is not known.
    public var begunAt: String?

    /// A submission of `input` to `endpoint` for the clip `key`.
    public init(key: RecipeKey, endpoint: String, input: String, begunAt: String? = nil) {
      self.key = key
      self.endpoint = endpoint
      self.input = input
      self.begunAt = begunAt
    }
  }

  /// What was found for a submission.
  public enum Finding: Hashable, Sendable {
    /// Nothing; the submission stays unknown, for not listed is not the same as not sent.
    case none
    /// Exactly this request, and it fits no other submission.
    case one(FalRecords.Request)
    /// These, of which the author chooses; oldest first.
    case several([FalRecords.Request])
  }

  /// Clocks of two machines may differ by so much, in seconds.
  private static let clockSkew = 300.0

  /// What belongs to each of `intents` among `requests`, without those in `owned` (ids of tickets).
  public static func findings(
    for intents: [Intent], among requests: [FalRecords.Request], owned: Set<String>
  ) -> [RecipeKey: Finding] {
    let free = Dictionary(
      grouping: requests.filter { !owned.contains($0.id) && $0.input != nil },
      by: { Sent($0.endpoint, $0.input) })
    let groups = Dictionary(grouping: intents) { Sent($0.endpoint, CanonicalInput($0.input)) }
    var findings: [RecipeKey: Finding] = [:]
    for (sent, rivals) in groups {
      for intent in rivals {
        let fitting =
          sent.input == nil ? [] : unique(free[sent] ?? []).filter { sentAfter($0, intent) }
        findings[intent.key] =
          fitting.isEmpty
          ? Finding.none
          : fitting.count == 1 && rivals.count == 1 ? .one(fitting[0]) : .several(fitting)
      }
    }
    return findings
  }

  /// What was sent where.
  private struct Sent: Hashable {
    let endpoint: String
    let input: CanonicalInput?
    init(_ endpoint: String, _ input: CanonicalInput?) {
      self.endpoint = endpoint
      self.input = input
    }
  }

  /// Each request once, oldest first: pages of a list that grows repeat some.
  private static func unique(_ requests: [FalRecords.Request]) -> [FalRecords.Request] {
    var seen: Set<String> = []
    return requests.filter { seen.insert($0.id).inserted }
      .sorted { ($0.sentAt, $0.id) < ($1.sentAt, $1.id) }
  }

  private static func sentAfter(_ request: FalRecords.Request, _ intent: Intent) -> Bool {
    guard let begun = intent.begunAt.flatMap(seconds), let sent = seconds(request.sentAt) else {
      return true
    }
    return sent >= begun - clockSkew
  }

  /// Seconds since 1970 of an RFC 3339 time, with or without a fraction.
  private static func seconds(_ text: String) -> Double? {
    let styles = [
      Date.ISO8601FormatStyle(includingFractionalSeconds: false),
      Date.ISO8601FormatStyle(includingFractionalSeconds: true),
    ]
    return styles.lazy.compactMap { try? $0.parse(text) }.first?.timeIntervalSince1970
  }
}
