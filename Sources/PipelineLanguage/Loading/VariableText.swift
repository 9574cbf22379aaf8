import KeyreelCore

/// A text taken apart at its variables: `$(name)` is one, `$$(` stands for the two characters `$(`.
struct VariableText {
  /// A piece of a text.
  enum Piece: Equatable {
    case literal(String)
    case variable(String, offset: Int)
    /// A `$(` that is never closed, at this offset in scalars.
    case open(offset: Int)
  }

  let pieces: [Piece]

  init(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    var pieces: [Piece] = []
    var literal = String.UnicodeScalarView()
    var index = 0
    func matches(_ word: String, at index: Int) -> Bool {
      scalars[index...].starts(with: word.unicodeScalars)
    }
    while index < scalars.count {
      if matches("$$(", at: index) {
        literal.append(contentsOf: "$(".unicodeScalars)
        index += 3
      } else if matches("$(", at: index) {
        if !literal.isEmpty { pieces.append(.literal(String(literal))) }
        literal = String.UnicodeScalarView()
        let rest = scalars[(index + 2)...]
        guard let end = rest.firstIndex(of: ")"), !rest[..<end].contains("$") else {
          pieces.append(.open(offset: index))
          break
        }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: scalars[(index + 2)..<end])
        pieces.append(.variable(String(name), offset: index))
        index = end + 1
      } else {
        literal.append(scalars[index])
        index += 1
      }
    }
    if !literal.isEmpty { pieces.append(.literal(String(literal))) }
    self.pieces = pieces
  }
}

extension Node.Scalar {
  /// Whether variables are still to be put in.
  var awaitsVariables: Bool {
    guard !isSubstituted, text.hasASCII("$(") else { return false }
    return VariableText(text).pieces.contains { if case .literal = $0 { false } else { true } }
  }
}
