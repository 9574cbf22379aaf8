import KeyreelCore

extension ScalarForm where Value == String {
  /// Any text; `no`, `16:9` and `2024` are text too where text is wanted.
  static let text = ScalarForm(
    "text", wants: "text", code: .wrongKind,
    read: { $0.resolved == .null ? nil : $0.text },
    schema: { $0.typed(["string", "number", "boolean"]) })

  /// Text that is not empty.
  static let word = ScalarForm(
    "word", wants: "a text that is not empty", code: .emptyText,
    read: { $0.resolved == .null || $0.text.isEmpty ? nil : $0.text },
    schema: {
      $0.typed(["string", "number", "boolean"]) { text in
        text.key("minLength")
        text.value(1)
      }
    })

  /// A name that becomes a part of segment ids and of file names.
  static let name = ScalarForm(
    "name", wants: "a name of letters, digits, `-` and `_`", code: .badName,
    read: { scalar in
      // JSON Schema takes `8.0` and `1e20` for whole numbers.
      if case .number(let value) = scalar.resolved {
        return value == value.rounded() ? scalar.text : nil
      }
      guard scalar.resolved != .null, Names.isName(scalar.word) else { return nil }
      return scalar.word
    },
    advice: Names.advice,
    schema: {
      $0.typed(["integer", "boolean"])
      $0.pattern(Names.pattern)
    })

  /// The name of a variable, as it stands in `$(name)`.
  static let variableName = ScalarForm(
    "variable_name", wants: "a name of letters, digits, `-` and `_`", code: .badName,
    read: { Names.isVariable($0.word) ? $0.word : nil },
    advice: Names.advice,
    schema: { $0.pattern(Names.variablePattern) })

  /// The path of a file.
  static let path = path("path", wants: "the path of a file")

  /// A name of the keyframes table, or the path of a still.
  static let reference = path("reference", wants: "a keyframe's name or a path")

  private static func path(_ id: String, wants: String) -> ScalarForm {
    ScalarForm(
      id, wants: wants, code: .badPath,
      read: { scalar in
        guard scalar.resolved != .null, Names.isPath(scalar.word) else { return nil }
        return scalar.word
      },
      advice: { scalar in
        scalar.text.contains("://")
          ? "stills on the web are written `url: …` with their `sha256: …`" : nil
      },
      schema: { text in
        text.typed(["number", "boolean"])
        text.typed(["string"]) { text in
          text.key("pattern")
          text.value(Names.pathPattern)
          text.key("not")
          text.pattern("://")
        }
      })
  }

  /// An https address of a file.
  static let address = ScalarForm(
    "address", wants: "an address such as `https://example.org/still.png`", code: .badAddress,
    read: { $0.textualWord.flatMap { WebAddress.isHTTPS($0) ? $0 : nil } },
    advice: { scalar in
      if scalar.text.lowercased().hasPrefix("http://") { return "only https is allowed" }
      if scalar.text.contains("@") { return "an address must not carry a user or password" }
      return scalar.text.contains("://") ? nil : "files on this machine are written `image: …`"
    },
    schema: {
      $0.pattern(WebAddress.pattern, examples: ["https://example.org/still.png"])
    })

  /// The origin of a server: scheme, host and port alone.
  static let origin = ScalarForm(
    "origin", wants: "an origin such as `https://127.0.0.1:9442`", code: .badAddress,
    read: { $0.textualWord.flatMap { WebAddress.isOrigin($0) ? $0 : nil } },
    advice: { _ in "write scheme, host and port alone" },
    schema: { $0.pattern(WebAddress.originPattern, examples: ["https://127.0.0.1:9442"]) })
}

extension ScalarForm where Value == Digest {
  /// A SHA-256 digest.
  static let digest = ScalarForm(
    "digest", wants: "64 hexadecimal digits", code: .badDigest,
    read: { $0.resolved == .null ? nil : Digest(hex: $0.word) },
    advice: { scalar in
      let digits = scalar.text.utf8.count
      return digits == 64 ? nil : "it has \(digits) characters; `sha256sum FILE` prints all 64"
    },
    schema: { $0.pattern("^[0-9a-fA-F]{64}$") })
}

extension ScalarForm where Value == ParameterValue {
  /// Any value of a model's parameter; the model profile knows the type.
  static let scalar = ScalarForm(
    "scalar", wants: "a single value", code: .wrongKind,
    read: { scalar in
      switch scalar.resolved {
      case .null: nil
      case .boolean(let flag): .boolean(flag)
      case .integer(let number): .integer(number)
      case .number(let number): .number(number)
      case .text: .string(scalar.text)
      }
    },
    schema: { $0.typed(["string", "number", "boolean"]) })
}

/// How names and paths are spelt; the patterns say the same as the functions beside them.
enum Names {
  static let pattern = #"^[^ \t\r\n/.~:$\\][^\t\r\n/.~:$\\]{0,99}$"#
  static let variablePattern = "^[A-Za-z_][A-Za-z0-9_-]{0,99}$"
  static let pathPattern = #"^[^\x00-\x1f\x7f]{1,1000}$"#

  static func isName(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard (1...100).contains(scalars.count), scalars.first != " " else { return false }
    return scalars.allSatisfy { !"\t\r\n/.~:$\\".unicodeScalars.contains($0) }
  }

  static func isVariable(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, (1...100).contains(text.unicodeScalars.count)
    else { return false }
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }
    return isLetter(first)
      && text.unicodeScalars.allSatisfy {
        isLetter($0) || ("0"..."9").contains($0) || $0 == "-"
      }
  }

  static func isPath(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    return (1...1000).contains(scalars.count) && !text.hasASCII("://")
      && scalars.allSatisfy { $0.value > 0x1F && $0.value != 0x7F }
  }

  /// A name near to one that is not allowed.
  @Sendable static func advice(_ scalar: Node.Scalar) -> String? {
    let slug = slug(scalar.text)
    return slug.isEmpty ? nil : "for example `\(slug)`"
  }

  /// Lower-case ASCII letters and digits with single hyphens, at most 24 characters.
  static func slug(_ text: String) -> String {
    var slug = ""
    for character in text.lowercased() where slug.count < 24 {
      if character.isASCII, character.isLetter || character.isNumber {
        slug.append(character)
      } else if !slug.isEmpty, slug.last != "-" {
        slug.append("-")
      }
    }
    while slug.hasSuffix("-") { slug.removeLast() }
    return slug
  }
}
