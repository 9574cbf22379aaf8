/// Columns of text that are as wide as they have to be; on a terminal the last one gives way when a
/// line is full.
struct Table {
  enum Side {
    case left
    case right
  }

  struct Column {
    let title: String
    let side: Side

    init(_ title: String, _ side: Side = .left) {
      self.title = title
      self.side = side
    }
  }

  let columns: [Column]
  private(set) var rows: [[String]] = []

  init(columns: [Column]) { self.columns = columns }

  mutating func add(_ row: [String]) { rows.append(row.map(DisplayWidth.harmless)) }

  /// All lines, two spaces before and between columns; `paint` colours a finished cell.
  func lines(
    style: TextStyle, paint: (_ row: [String], _ column: Int, _ text: String) -> String
  ) -> [String] {
    let titles = columns.map(\.title)
    var widths = titles.map(DisplayWidth.of)
    for row in rows {
      for (index, cell) in row.enumerated() {
        widths[index] = max(widths[index], DisplayWidth.of(cell))
      }
    }
    if style.cutsCells { widths = shrunk(widths, to: style.width) }
    let head = line(titles, widths) { style.paint($1, .faint) }
    return [head] + rows.map { row in line(row, widths) { paint(row, $0, $1) } }
  }

  /// The last column gives way first, then the second; both keep enough to be recognised.
  private func shrunk(_ widths: [Int], to width: Int) -> [Int] {
    var widths = widths
    var excess = widths.reduce(2 * widths.count) { $0 + $1 } - width
    for (index, least) in [(widths.count - 1, 12), (1, 16)] where excess > 0 {
      let cut = min(excess, max(0, widths[index] - least))
      widths[index] -= cut
      excess -= cut
    }
    return widths
  }

  private func line(
    _ row: [String], _ widths: [Int], _ paint: (Int, String) -> String
  ) -> String {
    var text = ""
    for (index, cell) in row.enumerated() {
      let clipped = DisplayWidth.clipped(cell, to: widths[index])
      let room = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.of(clipped)))
      let painted = paint(index, clipped)
      text += "  " + (columns[index].side == .left ? painted + room : room + painted)
    }
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}
