/// Where words stand in the picture.
public enum TextPosition: String, Hashable, Sendable, Codable, CaseIterable {
  /// In the upper part.
  case top
  /// In the middle.
  case middle
  /// In the lower part.
  case bottom
}

/// What keeps words legible on any picture.
public enum TextGround: String, Hashable, Sendable, Codable, CaseIterable {
  /// A dark line around every letter.
  case outline
  /// A dark box behind the lines.
  case box
}

/// A font that words are drawn with: of this machine, or a file of the project.
public struct TextFont: Hashable, Sendable, Codable {
  /// The family's name, or the path of a file relative to the project root.
  public var name: String
  /// Digest of the file's bytes; `nil` for fonts of this machine.
  public var digest: Digest?

  /// A font of this machine, or with `digest` a file.
  public init(name: String, digest: Digest? = nil) {
    self.name = name
    self.digest = digest
  }
}

/// How words look.
public struct TextLook: Hashable, Sendable, Codable {
  /// The fonts, in the order in which they are tried for each character; no others are used.
  public var fonts: [TextFont]
  /// Height of a line in thousandths of the picture's shorter side.
  public var size: Int
  /// Where the words stand.
  public var position: TextPosition
  /// What keeps them legible.
  public var ground: TextGround

  /// Words of this look.
  public init(fonts: [TextFont], size: Int, position: TextPosition, ground: TextGround = .outline) {
    self.fonts = fonts
    self.size = size
    self.position = position
    self.ground = ground
  }

  /// The font when the author names none; part of Debian and of most systems.
  public static let usualFont = "DejaVu Sans"
  /// Captions without a size of their own: a fifteenth of the shorter side, as broadcasters do.
  public static let captionSize = 65
  /// Titles without a size of their own.
  public static let titleSize = 120

  func write(to text: inout JSONText) {
    text.object { text in
      text.key("fonts")
      text.array { text in for font in fonts { text.value(font.digest?.hex ?? font.name) } }
      text.key("size")
      text.value(size)
      text.key("position")
      text.value(position.rawValue)
      text.key("ground")
      text.value(ground.rawValue)
    }
  }
}

/// How captions reach the viewer.
public enum CaptionForm: String, Hashable, Sendable, Codable, CaseIterable {
  /// Drawn into the pictures.
  case burnt
  /// A subtitle track that players show and hide.
  case track
  /// A text file beside the film.
  case sidecar
}

/// Which rows of captions one file shows, by their 0-based places.
public struct CaptionUse: Hashable, Sendable, Codable {
  /// Drawn into the pictures.
  public var burnt: [Int]
  /// Subtitle tracks.
  public var tracks: [Int]

  /// These rows.
  public init(burnt: [Int] = [], tracks: [Int] = []) {
    self.burnt = burnt
    self.tracks = tracks
  }

  /// No captions at all.
  public static let none = CaptionUse()

  func write(to text: inout JSONText) {
    text.array { text in
      for rows in [burnt, tracks] { text.array { text in for row in rows { text.value(row) } } }
    }
  }

  /// The digest's words for it.
  public var key: String {
    [burnt, tracks].map { $0.map(String.init).joined(separator: ",") }.joined(separator: ";")
  }
}
