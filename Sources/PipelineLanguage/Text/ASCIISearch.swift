extension String {
  /// Whether the ASCII text `word` stands anywhere in this one.
  ///
  /// Far faster than comparing characters, and the same, because ASCII bytes are never a part of
  /// another character's UTF-8.
  func hasASCII(_ word: StaticString) -> Bool {
    guard word.utf8CodeUnitCount > 0 else { return true }
    return word.withUTF8Buffer { word in
      var text = utf8[...]
      while let start = text.firstIndex(of: word[0]) {
        text = text[start...]
        if text.starts(with: word) { return true }
        text = text.dropFirst()
      }
      return false
    }
  }
}
