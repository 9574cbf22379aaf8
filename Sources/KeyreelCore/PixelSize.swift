/// Width and height in pixels.
public struct PixelSize: Hashable, Sendable, Codable {
  /// Pixels per row.
  public let width: Int
  /// Rows.
  public let height: Int

  /// A size of `width` by `height` pixels.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads `832x480` (or with `×`); `nil` for anything else or for sizes that are not positive.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(whereSeparator: { $0 == "x" || $0 == "×" })
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      width > 0, height > 0
    else { return nil }
    self.init(width: width, height: height)
  }

  /// Pixels in the whole picture.
  public var area: Int { width * height }
}

extension PixelSize: CustomStringConvertible {
  /// `832x480`.
  public var description: String { "\(width)x\(height)" }
}
