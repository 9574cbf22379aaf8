internal import KeyreelCore
internal import Storage

/// A clip of a manifest as the store has it.
enum StoredClip {
  case whole(Receipt)
  /// There is none; the message says whose.
  case gone(String)
  /// There is another one, or a damaged one.
  case other(String)

  /// Looks for `clip`, reading every byte.
  init(_ clip: FilmManifest.Clip, in store: any ProjectStore) {
    do {
      guard let receipt = try store.receipt(for: clip.recipe) else {
        self = .gone("the clip of \(clip.segment) is not in the store")
        return
      }
      guard receipt.digest == clip.digest else {
        self = .other("the clip of \(clip.segment) in the store is not the one of the film")
        return
      }
      _ = try store.clip(receipt)
      self = .whole(receipt)
    } catch let error as OperationError where error.code == .notFound {
      self = .gone("the clip of \(clip.segment) is not in the store: \(error.message)")
    } catch {
      self = .other(
        "the clip of \(clip.segment) cannot be used: \(CommandFailure(error).error.message)")
    }
  }
}
