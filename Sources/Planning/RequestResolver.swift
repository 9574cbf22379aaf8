import KeyreelCore

/// Turns the settings of one segment into a request that its model takes.
struct RequestResolver {
  typealias Settings = PipelineDocument.Settings

  let models: [String: Model]
  let defaultModel: String
  let scopes: SettingsScopes
  /// Where mistakes of omission are told: the sequence.
  let place: SourceSpan
  /// False for a sequence that only shows a still: nothing is generated, so nothing is required.
  var generates = true

  /// What the settings say; wrong ones are told, and the rest is still of use to further checks.
  func draft(_ findings: inout Findings) -> DraftSegment? {
    guard let model = model(&findings) else { return nil }
    checkNames(model, &findings)
    let fields = fields(model, &findings)
    let length = length(model, &findings)
    let (takes, pick) = takes(model, &findings)
    let request = ModelRequest(fields.fields)
    let canvas = canvas(model, request, fields.isComplete, &findings)
    guard let length, let fallback = model.profile.canvases.first,
      let rate = rate(model, request, &findings)
    else { return nil }
    return DraftSegment(
      model: model, fields: fields.fields, lengthField: fields.length, seedField: fields.seed,
      canvas: canvas ?? PixelSize(width: fallback.width, height: fallback.height),
      knowsCanvas: canvas != nil, rate: rate, length: length, seed: fields.authoredSeed,
      takes: takes, pick: pick, fit: scopes.first { $0.fit }?.value ?? .cover,
      focus: scopes.first { $0.focus }?.value ?? .center, explicitID: scopes.scopes.first?.id)
  }

  private func model(_ findings: inout Findings) -> Model? {
    let written = scopes.first { $0.model }
    let id = written?.value ?? defaultModel
    if let model = models[id] { return model }
    let known = models.keys.sorted()
    findings.error(
      "KR0300", "there is no model profile `\(id)`", at: written?.span ?? place,
      suggestion: Spelling.suggestion(for: id, among: known),
      notes: [Diagnostic.Note("known models: \(known.joined(separator: ", "))")])
    return nil
  }

  /// Names that the language gives to settings of its own.
  private static let ownNames = [
    "model", "style", "duration", "frames", "fit", "focus", "takes", "pick",
  ]

  private func checkNames(_ model: Model, _ findings: inout Findings) {
    for scope in scopes.scopes {
      for parameter in scope.parameters
      where !model.parameterNames.contains(parameter.name.value) {
        let name = parameter.name.value
        let known = model.profile.parameters.map(\.name)
        let pictures = [model.profile.pictures.first, model.profile.pictures.last]
        findings.error(
          "KR0301", "`\(name)` is not a setting of \(model.id)", at: parameter.name.span,
          suggestion: pictures.contains(name)
            ? "pictures are given as `keyframes`"
            : Spelling.suggestion(for: name, among: known + Self.ownNames),
          notes: [Diagnostic.Note("it has \(known.joined(separator: ", "))")])
      }
    }
  }

  /// The size of the clips that `request` makes; of an incomplete request nothing is said.
  private func canvas(
    _ model: Model, _ request: ModelRequest, _ isComplete: Bool, _ findings: inout Findings
  ) -> PixelSize? {
    if let canvas = model.profile.canvas(for: request) { return canvas }
    guard isComplete else { return nil }
    let names = Set(model.profile.canvases.flatMap(\.when.keys)).sorted()
    let values = names.map { "\($0) \(request[$0]?.description ?? "unset")" }
    findings.error(
      "KR0308",
      "the profile of \(model.id) knows no picture size for \(values.joined(separator: ", "))",
      at: names.lazy.compactMap { scopes.parameter($0)?.value.span }.first ?? place)
    return nil
  }

  /// Frames per second; when the setting for it is wrong, any rate will do for further checks.
  private func rate(
    _ model: Model, _ request: ModelRequest, _ findings: inout Findings
  ) -> FrameRate? {
    if let rate = model.profile.frameRate(for: request) {
      if rate.isPossible { return rate }
      let name = model.profile.length.frameRateParameter
      findings.error(
        "KR0326", "a clip cannot have \(rate) frames per second",
        at: name.flatMap { scopes.parameter($0)?.value.span } ?? place,
        suggestion: "choose a rate from 1 to 240")
      return nil
    }
    if !findings.hasErrors {
      findings.error(
        "KR0309", "the profile of \(model.id) does not say how many frames a second has",
        at: place)
    }
    return nil
  }

  private func length(_ model: Model, _ findings: inout Findings) -> RequestedLength? {
    for scope in scopes.scopes {
      let frames = scope.frames ?? lengthParameter(of: model, in: scope, &findings)
      switch (scope.duration, frames) {
      case (let duration?, let frames?):
        findings.error(
          "KR0310", "a segment has a `duration` or a number of frames, never both",
          at: frames.span, suggestion: "leave out one of them",
          notes: [Diagnostic.Note("the duration is here", at: duration.span)])
        return nil
      case (let duration?, nil): return .duration(duration)
      case (nil, let frames?): return .frames(frames.value, frames.span)
      case (nil, nil): continue
      }
    }
    return .frames(model.defaultFrames, nil)
  }

  /// The number of frames, where the author used the model's own name for it.
  private func lengthParameter(
    of model: Model, in scope: Settings, _ findings: inout Findings
  ) -> Written<Int>? {
    guard let written = scope.parameter(model.lengthParameter.name)?.value,
      case .integer(let frames)? = ValueCheck(parameter: model.lengthParameter)
        .checked(written, &findings)
    else { return nil }
    return Written(frames, at: written.span)
  }

  /// More candidates than anybody looks at; a mistyped number must not buy a thousand clips.
  private static let mostTakes = 99

  private func takes(_ model: Model, _ findings: inout Findings) -> (count: Int, pick: Int) {
    let takes = scopes.first { $0.takes }
    let pick = scopes.first { $0.pick }
    let count = takes?.value ?? 1
    if let takes, !(1...Self.mostTakes).contains(count) {
      findings.error(
        "KR0315", "`takes` must be from 1 to \(Self.mostTakes), not \(count)", at: takes.span)
    } else if let takes, count > 1, model.seedIndex == nil {
      findings.error(
        "KR0315", "\(model.id) takes no seed, so several takes would be the same clip",
        at: takes.span, suggestion: "leave out `takes`")
    } else if let pick, !(1...count).contains(pick.value) {
      findings.error(
        "KR0315",
        "`pick` names take \(pick.value), but there \(count == 1 ? "is 1" : "are \(count)")",
        at: pick.span)
    }
    return (count, pick?.value ?? 1)
  }
}
