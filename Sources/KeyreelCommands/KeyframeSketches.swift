internal import KeyreelCore
internal import Keyframes
internal import Stitching
internal import Storage

/// Light and colours of a film's authored keyframes; what was measured once is remembered by the store.
struct KeyframeSketches: Sendable {
  let store: any ProjectStore
  let pictures: KeyframeLibrary

  /// The sketch of `use` in a film of `size`; no still is read that was measured before.
  func sketch(
    of use: KeyframeUse, in size: PixelSize, _ token: CancellationToken
  ) throws -> PictureSketch {
    let name = Self.name(of: use.recipe, in: size)
    if let known = store.sketch(of: name) { return known }
    let sketch = try PictureSketch(pictures.picture(use, token: token), fittedInto: size)
    store.keep(sketch, of: name)
    return sketch
  }

  private static func name(of recipe: PictureRecipe, in size: PixelSize) -> Digest {
    var text = JSONText()
    text.object { text in
      text.key("fitter")
      text.value(PictureRecipe.fitterVersion)
      text.key("picture")
      recipe.write(to: &text)
      text.key("size")
      text.value(size.description)
    }
    return Digest.of(text.bytes)
  }
}
