import KeyreelCore
import Media
import SystemPackage

extension GenerationOrder {
  /// An order between two pictures at 30 frames per second.
  static func sample(
    _ first: FittedPicture, _ last: FittedPicture, frames: Int, label: String = "sample/1"
  ) -> GenerationOrder {
    func recipe(_ picture: FittedPicture) -> PictureRecipe {
      PictureRecipe(
        origin: .still(Digest.of(picture.pixels)), fit: .cover, focus: .center, canvas: picture.size
      )
    }
    return GenerationOrder(
      label: label,
      recipe: Recipe(
        backend: BackendIdentity(kind: "animatic", origin: "1"), model: "sample",
        request: ModelRequest([]), first: recipe(first), last: recipe(last), frames: frames,
        frameRate: .thirty),
      first: first, last: last)
  }
}
