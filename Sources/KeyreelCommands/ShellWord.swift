/// Words of commands that people copy into their shell.
enum ShellWord {
  /// `text` as one word that means itself to a POSIX shell, in quotes only where it has to be.
  static func quoted(_ text: String) -> String {
    // A name that begins with a dash would be an option of the command.
    let word = text.hasPrefix("-") ? "./" + text : text
    let isPlain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "/._-+:@%,=".utf8.contains(byte)
    }
    guard !isPlain || word.isEmpty else { return word }
    return "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
