import KeyreelCore
import Synchronization
import SystemPackage

/// The fitted pictures used last: neighbouring segments share a keyframe.
final class PictureShelf: Sendable {
  private let supply: any PictureSupply
  private let capacity: Int
  private let shelf = Mutex<[(recipe: PictureRecipe, picture: FittedPicture)]>([])

  /// Keeps at most `capacity` pictures.
  init(_ supply: any PictureSupply, capacity: Int) {
    self.supply = supply
    self.capacity = capacity
  }

  /// The picture of `use`; `clip` finds the clip whose last frame it is, where it is one.
  func picture(
    _ use: KeyframeUse, clip: (RecipeKey) throws -> FilePath
  ) async throws -> FittedPicture {
    if let known = take(use.recipe) { return known }
    let picture: FittedPicture
    if case .rendered(let key) = use.recipe.origin {
      picture = try await supply.lastFrame(of: try clip(key), canvas: use.recipe.canvas)
    } else {
      picture = try await supply.picture(use)
    }
    guard picture.size == use.recipe.canvas else {
      throw OperationError(
        .verificationFailed,
        "the picture \(use.name) came as \(picture.size), \(use.recipe.canvas) was planned")
    }
    put(use.recipe, picture)
    return picture
  }

  private func take(_ recipe: PictureRecipe) -> FittedPicture? {
    shelf.withLock { shelf in
      guard let index = shelf.firstIndex(where: { $0.recipe == recipe }) else { return nil }
      let found = shelf.remove(at: index)
      shelf.append(found)
      return found.picture
    }
  }

  private func put(_ recipe: PictureRecipe, _ picture: FittedPicture) {
    shelf.withLock { shelf in
      shelf.removeAll { $0.recipe == recipe }
      shelf.append((recipe, picture))
      if shelf.count > capacity { shelf.removeFirst() }
    }
  }
}
