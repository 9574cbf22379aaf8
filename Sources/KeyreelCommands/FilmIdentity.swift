internal import KeyreelCore
internal import Stitching

/// What decides a film's bytes: the cut list, the clips as they were delivered, what the film says of
/// itself, and us.
enum FilmIdentity {
  /// The name of the film of `assembly` in the store; `fonts` is what its words are
  /// drawn with; `clip` tells the digests of its clips.
  static func digest(
    _ assembly: Assembly, title: String, metadata: [(key: String, value: String)],
    fonts: Digest?, clip: (RecipeKey) -> Digest?
  ) -> Digest {
    var text = JSONText()
    text.object { text in
      text.key("keyreel")
      text.value(Version.number)
      text.key("stitcher")
      text.value(Stitcher.version)
      text.key("manifest")
      text.value(FilmManifest.formatVersion)
      text.key("assembly")
      text.value(assembly.key.hex)
      text.key("title")
      text.value(title)
      text.key("metadata")
      text.array { text in
        for tag in metadata {
          text.value(tag.key)
          text.value(tag.value)
        }
      }
      if let fonts {
        text.key("fonts")
        text.value(fonts.hex)
      }
      text.key("clips")
      text.array { text in
        for case .clip(let key) in assembly.pieces.map(\.source) {
          text.value(clip(key)?.hex ?? "")
        }
      }
    }
    return Digest.of(text.bytes)
  }
}
