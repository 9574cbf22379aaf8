internal import FalServer
internal import KeyreelCore
internal import PipelineLanguage

/// Reads single faults of a file.
enum FaultReader {
  /// What each fault does exactly one of.
  private static let actions = [
    "delay", "answer", "reset", "slow", "truncate", "expired", "refuse", "fail", "frames", "size",
    "never_ends", "bill",
  ]

  /// Actions for which there must be a job.
  private static let onlyOfWork: Set = ["refuse", "fail", "frames", "size", "never_ends", "bill"]

  static func fault(_ value: PlainYAML, number: Int) throws(FaultMistake) -> Fault {
    let fields = try FaultFields(
      value, called: "a fault",
      knows: ["at", "name", "endpoint", "nth", "every", "probability", "count", "in_flight"]
        + actions)
    let place = try place(fields)
    let present = fields.present(actions)
    guard let action = present.first, present.count == 1 else {
      let spot = present.count > 1 ? present[1].key.span : fields.span
      throw FaultMistake(
        present.isEmpty ? "this fault does nothing" : "a fault does one thing", at: spot,
        remedy: present.isEmpty
          ? "add one of \(actions.map { "`\($0)`" }.joined(separator: ", "))"
          : "make a fault of its own of `\(present[1].key.value)`")
    }
    try check(action.key, at: place)
    return Fault(
      name: try fields.text("name") ?? "\(number): \(action.key.value)", at: place,
      endpoint: try endpoint(fields, place), choice: try choice(fields, place),
      action: try self.action(action, fields))
  }

  private static func place(_ fields: FaultFields) throws(FaultMistake) -> Fault.Place {
    let names = Fault.Place.allCases.map(\.rawValue)
    let list = names.map { "`\($0)`" }.joined(separator: ", ")
    guard let word = try fields.text("at") else {
      throw FaultMistake("this fault has no `at`", at: fields.span, remedy: "write one of \(list)")
    }
    guard let place = Fault.Place(rawValue: word) else {
      throw FaultMistake(
        "there is no place `\(word)`", at: fields.value("at")?.span,
        remedy: Spelling.suggestion(for: word, among: names) ?? "write one of \(list)")
    }
    return place
  }

  private static func check(_ action: Written<String>, at place: Fault.Place) throws(FaultMistake) {
    let name = action.value
    let fits: Bool =
      switch name {
      case "delay": true
      case "slow", "truncate", "reset", "answer": place != .work
      case "expired": place == .download
      default: place == .work
      }
    guard !fits else { return }
    let remedy =
      onlyOfWork.contains(name)
      ? "it goes with `at: work`"
      : name == "expired"
        ? "it goes with `at: download`" : "it goes with calls, not with `at: work`"
    throw FaultMistake(
      "`\(name)` cannot happen at `\(place.rawValue)`", at: action.span, remedy: remedy)
  }

  private static func endpoint(
    _ fields: FaultFields, _ place: Fault.Place
  ) throws(FaultMistake) -> String? {
    guard let endpoint = try fields.text("endpoint") else { return nil }
    guard place.hasEndpoint else {
      throw FaultMistake(
        "calls at `\(place.rawValue)` name no endpoint", at: fields.value("endpoint")?.span,
        remedy: "delete `endpoint`")
    }
    return endpoint
  }

  private static func choice(
    _ fields: FaultFields, _ place: Fault.Place
  ) throws(FaultMistake) -> FaultChoice {
    var choice = FaultChoice()
    if let nth = fields.value("nth") {
      let items: [PlainYAML] = if case .list(let items) = nth.content { items } else { [nth] }
      for item in items { choice.nth.append(try FaultFields.whole(item, "nth", 1...Int.max)) }
    }
    choice.every = try fields.whole("every", 1...Int.max)
    choice.probability = try fields.share("probability")
    choice.count = try fields.whole("count", 1...Int.max)
    choice.inFlight = try fields.whole("in_flight", 1...Int.max)
    guard choice.inFlight == nil || place.bringsJobs else {
      throw FaultMistake(
        "calls at `\(place.rawValue)` bring no jobs", at: fields.value("in_flight")?.span,
        remedy: "`in_flight` goes with `at: submit` and `at: run`")
    }
    return choice
  }

  private static func action(
    _ entry: PlainYAML.Entry, _ fields: FaultFields
  ) throws(FaultMistake) -> FaultAction {
    let (key, value) = (entry.key.value, entry.value)
    switch key {
    case "delay": return .delay(try delay(value))
    case "answer": return .answer(try answer(value))
    case "reset":
      let isCarriedOut = try word(value, key, ["before": false, "after": true])
      return .reset(isCarriedOut: isCarriedOut)
    case "slow": return .slow(bytesPerSecond: try FaultFields.whole(value, key, 1...1_000_000_000))
    case "truncate": return .truncate(afterBytes: try FaultFields.whole(value, key, 0...Int.max))
    case "refuse": return .refuse(type: try fields.text(key) ?? "content_policy_violation")
    case "fail": return try failure(value)
    case "frames": return .frames(difference: try difference(value))
    case "size": return .size(try size(value))
    case "bill": return try word(value, key, ["worst": FaultAction.worstBill])
    default:
      guard try fields.flag(key) else {
        throw FaultMistake(
          "`\(key): false` does nothing", at: value.span, remedy: "delete this fault")
      }
      return key == "expired" ? .expired : .neverEnds
    }
  }

  private static func word<Value>(
    _ value: PlainYAML, _ key: String, _ words: [String: Value]
  ) throws(FaultMistake) -> Value {
    if case .text(let text) = value.content, let found = words[text] { return found }
    throw FaultMistake(
      "`\(key)` is \(words.keys.sorted().map { "`\($0)`" }.joined(separator: " or ")), not \(value.noun)",
      at: value.span)
  }
}

extension FaultReader {
  private static func delay(_ value: PlainYAML) throws(FaultMistake) -> FaultDelay {
    guard case .mapping = value.content else {
      return .fixed(try FaultFields.time(value, "delay"))
    }
    let fields = try FaultFields(
      value, called: "a delay", knows: ["fixed", "uniform", "exponential", "at_most"])
    if let time = try fields.time("fixed") { return .fixed(time) }
    if let mean = try fields.time("exponential") {
      return .exponential(mean: mean, limit: try fields.time("at_most") ?? mean * 20)
    }
    if let ends = try fields.list("uniform") {
      guard ends.count == 2 else {
        throw FaultMistake("`uniform` is a list of two times", at: fields.value("uniform")?.span)
      }
      let least = try FaultFields.time(ends[0], "uniform")
      let most = try FaultFields.time(ends[1], "uniform")
      guard least <= most else {
        throw FaultMistake("the second time of `uniform` is the longer one", at: ends[1].span)
      }
      return .uniform(least, most)
    }
    throw FaultMistake(
      "this delay says no time", at: fields.span,
      remedy: "add `fixed`, `uniform` or `exponential`")
  }

  private static func answer(_ value: PlainYAML) throws(FaultMistake) -> FaultAnswer {
    if case .integer = value.content {
      return FaultAnswer(status: try FaultFields.whole(value, "answer", 400...599))
    }
    let fields = try FaultFields(
      value, called: "an answer", knows: ["status", "retry_after", "after", "gateway"])
    guard let status = try fields.whole("status", 400...599) else {
      throw FaultMistake("this answer has no `status`", at: fields.span)
    }
    return FaultAnswer(
      status: status, retryAfter: try fields.whole("retry_after", 0...86_400),
      isCarriedOut: try fields.flag("after"), isGateway: try fields.flag("gateway"))
  }

  private static func failure(_ value: PlainYAML) throws(FaultMistake) -> FaultAction {
    let fields = try FaultFields(value, called: "a failure", knows: ["status", "type"])
    return .fail(
      status: try fields.whole("status", 400...599) ?? 500,
      type: try fields.text("type") ?? "internal_error")
  }

  private static func difference(_ value: PlainYAML) throws(FaultMistake) -> Int {
    let number = try FaultFields.whole(value, "frames", -1000...1000)
    guard number != 0 else {
      throw FaultMistake("`frames` says how many more or fewer there are, not 0", at: value.span)
    }
    return number
  }

  private static func size(_ value: PlainYAML) throws(FaultMistake) -> PixelSize {
    guard case .text(let text) = value.content, let size = PixelSize(text),
      (16...4096).contains(size.width), (16...4096).contains(size.height),
      size.width.isMultiple(of: 2), size.height.isMultiple(of: 2)
    else {
      throw FaultMistake(
        "`size` is two even numbers from 16 to 4096, not \(value.noun)", at: value.span,
        remedy: "write it like `640x360`")
    }
    return size
  }
}
