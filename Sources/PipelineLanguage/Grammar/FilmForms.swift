import KeyreelCore

extension ScalarForm where Value == PixelSize {
  /// A picture size with even sides, as yuv420p wants them.
  static let size = ScalarForm(
    "size", wants: "a size with even sides such as `832x480`", code: .notASize,
    read: { scalar in
      guard let word = scalar.textualWord else { return nil }
      let parts = word.split(
        omittingEmptySubsequences: false, whereSeparator: { $0 == "x" || $0 == "×" })
      guard parts.count == 2, let width = side(parts[0]), let height = side(parts[1]) else {
        return nil
      }
      return PixelSize(width: width, height: height)
    },
    advice: { scalar in
      let parts = scalar.text.lowercased().split(whereSeparator: { "x×*: ,".contains($0) })
      guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
        (1...9997).contains(width), (1...9997).contains(height)
      else { return nil }
      return "did you mean `\(width + width % 2)x\(height + height % 2)`?"
    },
    schema: {
      let side = "([2468]|[1-9][0-9]{0,2}[02468])"
      $0.pattern("^\(side)[x×]\(side)$", examples: ["832x480", "1280x720"])
    })

  private static func side(_ text: Substring) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
      text.first != "0", let value = Int(text), value.isMultiple(of: 2)
    else { return nil }
    return value
  }
}

extension ScalarForm where Value == FrameRate {
  /// Frames per second, whole or as an exact fraction.
  static let rate = ScalarForm(
    "rate", wants: "frames per second such as `30` or `24000/1001`", code: .notARate,
    read: { scalar in
      if let whole = scalar.wholeNumber {
        return (1...1000).contains(whole) ? FrameRate(whole) : nil
      }
      guard let word = scalar.textualWord else { return nil }
      let parts = word.split(separator: "/", omittingEmptySubsequences: false)
      let areNumbers = parts.allSatisfy { part in
        (1...6).contains(part.utf8.count) && part.first != "0"
          && part.utf8.allSatisfy { (48...57).contains($0) }
      }
      return areNumbers ? FrameRate(word) : nil
    },
    advice: { scalar in
      switch scalar.text {
      case "29.97": "the exact rate is `30000/1001`"
      case "23.976", "23.98": "the exact rate is `24000/1001`"
      case "59.94": "the exact rate is `60000/1001`"
      default:
        scalar.text.lowercased().contains("fps") ? "write the number alone" : nil
      }
    },
    schema: {
      $0.wholeNumber(1...1000)
      $0.pattern("^[1-9][0-9]{0,5}(/[1-9][0-9]{0,5})?$", examples: ["24000/1001"])
    })
}

extension ScalarForm where Value == PipelineDocument.Price {
  /// An amount of money with its currency.
  static let price = ScalarForm(
    "price", wants: "an amount with its currency such as `5.00 USD`", code: .notAnAmount,
    read: { scalar in
      guard let parts = scalar.textualWord?.split(separator: " ", omittingEmptySubsequences: false),
        parts.count == 2, parts[1].utf8.count == 3,
        parts[1].utf8.allSatisfy({ (65...90).contains($0) }),
        let amount = Decimals.read(parts[0], whole: 1...9, fraction: 1...9)
      else { return nil }
      return PipelineDocument.Price(amount: amount, currency: String(parts[1]))
    },
    advice: { scalar in
      switch scalar.resolved {
      case .integer, .number:
        return "name the currency: `\(scalar.text) USD`"
      default:
        let number = scalar.text.filter { $0.isNumber || $0 == "." }
        return number.isEmpty ? nil : "for example `\(number) USD`"
      }
    },
    schema: {
      $0.pattern(#"^[0-9]{1,9}(\.[0-9]{1,9})? [A-Z]{3}$"#, examples: ["5.00 USD"])
    })
}

extension ScalarForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the words of `Value`; `id` names it in the schema.
  static func option(_ id: String) -> ScalarForm {
    let words = Value.allCases.map(\.rawValue)
    return ScalarForm(
      id, wants: words.asAlternatives, code: .notAnOption,
      read: { $0.resolved == .text ? Value(rawValue: $0.text) : nil },
      advice: { Spelling.suggestion(for: $0.text, among: words) },
      schema: { text in
        text.object { text in
          text.key("enum")
          text.array { text in for word in words { text.value(word) } }
        }
      })
  }
}

extension ScalarForm where Value == Fit { static let fit = option("fit") }
extension ScalarForm where Value == ChainMode { static let chain = option("chain") }
extension ScalarForm where Value == HandleMode { static let handles = option("handles") }
extension ScalarForm where Value == ConformMode { static let conform = option("conform") }
extension ScalarForm where Value == MetadataMode { static let metadata = option("metadata") }

/// The kinds of makers that a pipeline may name.
enum BackendKind: String, CaseIterable, Sendable { case animatic, fal }
/// Ways of keyframes to a server.
enum UploadWay: String, CaseIterable, Sendable { case auto, storage, inline }
/// Places in a server's queue.
enum QueuePriority: String, CaseIterable, Sendable { case normal, low }
/// Ways of mending joins.
enum Mending: String, CaseIterable, Sendable { case off, auto, drop, trim, color, blend }

extension ScalarForm where Value == FilmCodec { static let codec = option("codec") }
extension ScalarForm where Value == OutputKind { static let outputKind = option("output_kind") }
extension ScalarForm where Value == BackendKind { static let backendKind = option("backend_kind") }
extension ScalarForm where Value == UploadWay { static let upload = option("upload") }
extension ScalarForm where Value == QueuePriority { static let priority = option("priority") }
extension ScalarForm where Value == Mending { static let mending = option("mending") }

extension [String] {
  /// `` `a`, `b` or `c` ``.
  var asAlternatives: String {
    let quoted = map { "`\($0)`" }
    guard let last = quoted.last, count > 1 else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
  }

  /// `` `a`, `b`, `c` ``.
  var asList: String { map { "`\($0)`" }.joined(separator: ", ") }
}
