public import KeyreelCore

/// A profile brought up to what its provider publishes; pure, and never in favour of a looser price.
///
/// What is not published stays as the profile has it: picture sizes, frame grid, multipliers, limits
/// that only the provider's pages tell.
public struct ProfileRefresh: Hashable, Sendable {
  /// The profile as it would be written.
  public let profile: ModelProfile
  /// What differs, the price first and then in the order of inputs.
  public let changes: [ProfileChange]
  /// Whether requests become others, so that clips made so far are not used again.
  public let changesRequests: Bool

  /// Compares `old` with what is `published` on the day `today` (`2026-11-22`).
  ///
  /// Throws an ``OperationError`` where the provider says what a profile cannot hold: another currency or
  /// unit, no price, or an input gone on which length, size or price stand.
  public init(_ old: ModelProfile, _ published: PublishedModel, today: String) throws {
    var merge = ProfileMerge(old: old, profile: old)
    try merge.takePrice(published.price, today: today)
    try merge.takeInputs(published.inputs)
    profile = merge.profile
    changes = merge.changes
    changesRequests = Self.requestFacts(old) != Self.requestFacts(profile)
    // What is written must be readable again.
    _ = try ProfileReader.profile(ProfileWriter.json(profile), file: old.id)
  }

  /// What requests carry by themselves: inputs with defaults, in their order.
  private static func requestFacts(_ profile: ModelProfile) -> [String: ParameterValue] {
    Dictionary(
      profile.parameters.compactMap { parameter in
        parameter.defaultValue.map { (parameter.name, $0) }
      }, uniquingKeysWith: { first, _ in first })
  }
}

/// A profile while it takes over what is published.
private struct ProfileMerge {
  let old: ModelProfile
  var profile: ModelProfile
  var changes: [ProfileChange] = []

  private func refusal(_ sentence: String) -> OperationError {
    OperationError(
      .unsupported, "\(old.id): \(sentence)",
      remedy: "read the provider's page and correct the profile by hand; nothing was written")
  }

  mutating func takePrice(_ price: PublishedModel.Price, today: String) throws {
    let rule = old.price
    guard price.currency == rule.currency else {
      throw refusal(
        "the provider's price is in `\(price.currency.prefix(20))`, the profile's in `\(rule.currency)`"
      )
    }
    guard let unit = price.unit, unit == rule.unit else {
      throw refusal(
        "the provider counts by `\(price.unitName.prefix(40))`, the profile by `\(rule.unit.rawValue)`, "
          + "and nobody knows how one becomes the other")
    }
    guard price.amount > .zero else {
      throw refusal("the provider's price is nothing, which no budget could be held by")
    }
    if rule.amount != price.amount {
      changes.append(
        ProfileChange(
          "price", "amount", before: rule.amount?.decimal, after: price.amount.decimal))
    }
    profile.price.amount = price.amount
    profile.price.asOf = today
    profile.price.source = price.source
  }

  mutating func takeInputs(_ inputs: [PublishedModel.Input]) throws {
    let published = Dictionary(inputs.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    for name in [old.pictures.first, old.pictures.last] where published[name] == nil {
      throw refusal("the endpoint no longer takes its picture as `\(name)`")
    }
    profile.parameters = try old.parameters.compactMap { parameter in
      guard let input = published[parameter.name] else {
        guard !bearing.contains(parameter.name) else {
          throw refusal(
            "the endpoint no longer takes `\(parameter.name)`, on which length, size or price stand"
          )
        }
        changes.append(ProfileChange(parameter.name, "removed"))
        return nil
      }
      return try updated(parameter, by: input)
    }
    let known = Set(old.parameters.map(\.name) + [old.pictures.first, old.pictures.last])
    for input in inputs where !known.contains(input.name) { try add(input) }
  }

  /// The inputs that decide length, size and price.
  private var bearing: Set<String> {
    Set(
      [old.length.parameter, old.length.frameRateParameter].compactMap(\.self)
        + old.canvases.flatMap(\.when.keys) + old.price.multipliers.flatMap(\.when.keys))
  }

  private mutating func updated(
    _ old: ModelProfile.Parameter, by input: PublishedModel.Input
  ) throws -> ModelProfile.Parameter {
    guard let kind = input.kind else {
      throw refusal("`\(old.name)` has become something else than a single value")
    }
    var new = old
    func note(_ fact: String, _ before: String?, _ after: String?) {
      if before != after {
        changes.append(ProfileChange(old.name, fact, before: before, after: after))
      }
    }
    new.kind = kind
    note("type", old.kind.rawValue, kind.rawValue)
    if (old.isRequired ?? false) != input.isRequired { new.isRequired = input.isRequired }
    note("required", "\(old.isRequired ?? false)", "\(input.isRequired)")
    // A provider's silence takes nothing away: its pages may say what its document does not.
    if let value = input.defaultValue {
      new.defaultValue = value
      if value.description != old.defaultValue?.description {
        note("default", old.defaultValue?.description, value.description)
      }
    }
    if let minimum = input.minimum {
      new.minimum = minimum
      note("minimum", old.minimum.map(Self.text), Self.text(minimum))
    }
    if let maximum = input.maximum {
      new.maximum = maximum
      note("maximum", old.maximum.map(Self.text), Self.text(maximum))
    }
    if let length = input.maximumLength {
      new.maximumLength = length
      note("max_length", old.maximumLength.map { "\($0)" }, "\(length)")
    }
    if let options = input.options { takeOptions(options, for: &new) }
    return new
  }

  /// New options of what decides size or price are left out: nobody knows what they come to.
  private mutating func takeOptions(
    _ options: [ParameterValue], for parameter: inout ModelProfile.Parameter
  ) {
    let old = parameter.options ?? []
    let isBearing = !old.isEmpty && bearing.contains(parameter.name)
    let added = options.filter { !old.contains($0) }
    if isBearing {
      parameter.options = options.filter(old.contains)
      for option in added {
        changes.append(ProfileChange(parameter.name, "left out", after: option.description))
      }
    } else {
      parameter.options = options
      if !added.isEmpty {
        changes.append(
          ProfileChange(
            parameter.name, "options", after: added.map(\.description).joined(separator: ", ")))
      }
    }
    let removed = old.filter { !options.contains($0) }
    guard !removed.isEmpty else { return }
    changes.append(
      ProfileChange(
        parameter.name, "options", before: removed.map(\.description).joined(separator: ", ")))
  }

  private mutating func add(_ input: PublishedModel.Input) throws {
    guard let kind = input.kind else {
      guard !input.isRequired else {
        throw refusal("the endpoint now needs `\(input.name)`, which is no single value")
      }
      changes.append(ProfileChange(input.name, "left out"))
      return
    }
    var parameter = ModelProfile.Parameter(name: input.name, kind: kind)
    if input.isRequired { parameter.isRequired = true }
    parameter.defaultValue = input.defaultValue
    parameter.minimum = input.minimum
    parameter.maximum = input.maximum
    parameter.maximumLength = input.maximumLength
    parameter.options = input.options
    parameter.help = input.help.map(Self.sentence)
    profile.parameters.append(parameter)
    let value =
      input.defaultValue.map { ", default \($0)" } ?? (input.isRequired ? ", required" : "")
    changes.append(ProfileChange(input.name, "new", after: kind.rawValue + value))
  }

  private static func text(_ number: Double) -> String { ParameterValue.number(number).description }

  /// The first sentence on one line, as profiles have it.
  private static func sentence(_ text: String) -> String {
    let line = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
    let plain = String(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
    guard let end = plain.firstRange(of: ". ") else { return String(plain.prefix(200)) }
    return String(plain[..<end.lowerBound].prefix(200)) + "."
  }
}
