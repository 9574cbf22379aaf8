internal import Keyframes
internal import KeyreelCore
internal import Stitching
internal import Storage
internal import SystemPackage

extension FilmSources {
  /// Clips from `store`, files from the project at `root`, pictures fitted anew.
  ///
  /// `keyframe` tells what was drawn for the ends of a clip.
  init(
    store: any ProjectStore, root: FilePath, pictures: KeyframeLibrary,
    receipts: [RecipeKey: Receipt], token: CancellationToken,
    keyframe: @escaping @Sendable (RecipeKey, ClipEnd) -> KeyframeUse?
  ) {
    let sketches = KeyframeSketches(store: store, pictures: pictures)
    self.init(
      clip: { key in
        guard let receipt = receipts[key] else {
          throw OperationError(.notFound, "the clip \(key) is not in the store")
        }
        return try store.clip(receipt)
      },
      file: { root.pushing(FilePath($0)) },
      // Decoded when it is shown: a film may have more stills than fit into memory.
      still: { use in try pictures.picture(use, token: token) },
      sketch: { key, end, size in
        // What another clip ended on is nothing that an author drew.
        guard let use = keyframe(key, end), use.source != nil else { return nil }
        return try sketches.sketch(of: use, in: size, token)
      },
      edges: { key in receipts[key].flatMap { store.edges(of: $0.digest) } })
  }
}
