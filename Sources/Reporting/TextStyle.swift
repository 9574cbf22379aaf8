/// How text may look: how wide, and whether in colour.
///
/// Decided once, by whoever knows the terminal and the environment (`NO_COLOR`, `--color`).
public struct TextStyle: Hashable, Sendable {
  /// Columns that a line may have.
  public var width: Int
  /// Whether escape sequences for colours are written.
  public var usesColor: Bool
  /// Whether cells of tables are cut where a line is full; a program that reads them wants all.
  public var cutsCells: Bool

  /// Text of at most `width` columns.
  public init(width: Int = 100, usesColor: Bool = false, cutsCells: Bool = true) {
    self.width = width
    self.usesColor = usesColor
    self.cutsCells = cutsCells
  }

  /// No colours, 100 columns, tables as wide as they are: what files and pipes get.
  public static let plain = TextStyle(cutsCells: false)

  enum Paint: String {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
    case bold = "1"
    case faint = "2"
  }

  func paint(_ text: String, _ paints: Paint...) -> String {
    guard usesColor, !text.isEmpty else { return text }
    return "\u{1B}[\(paints.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m"
  }
}
