extension Assembly {
  /// The beginning of a chapter.
  public struct Chapter: Hashable, Sendable, Codable {
    /// 0-based index of the piece with which it begins.
    public var piece: Int
    /// What players call it.
    public var title: String

    /// A chapter that begins with `piece`.
    public init(piece: Int, title: String) {
      self.piece = piece
      self.title = title
    }
  }

  /// What the film's key says of chapters; nothing when there are none.
  func writeChapters(to text: inout JSONText) {
    guard !chapters.isEmpty else { return }
    text.key("chapters")
    text.array { text in
      for chapter in chapters {
        text.value(chapter.piece)
        text.value(chapter.title)
      }
    }
  }
}
