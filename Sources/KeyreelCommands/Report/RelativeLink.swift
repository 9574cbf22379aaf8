internal import SystemPackage

/// Addresses of files as a page elsewhere on the same disk names them.
enum RelativeLink {
  /// The way from `folder` to `file`, both absolute, as a relative URL.
  static func address(of file: FilePath, from folder: FilePath) -> String {
    let there = Array(file.lexicallyNormalized().components)
    let here = Array(folder.lexicallyNormalized().components)
    let shared = zip(there, here).prefix { $0 == $1 }.count
    let steps =
      Array(repeating: "..", count: here.count - shared)
      + there[shared...].map { encoded($0.string) }
    return steps.joined(separator: "/")
  }

  /// A path component in which nothing means anything to a browser.
  private static func encoded(_ name: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~".utf8)
    return name.utf8.reduce(into: "") { text, byte in
      if plain.contains(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
  }
}
