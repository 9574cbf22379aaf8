internal import KeyreelCore
internal import Storage
internal import SystemPackage

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
    } catch let error as OperationError where error.isOfMissingFile {
      self = .gone("the clip of \(clip.segment) is not in the store any more")
    } catch {
      self = .other(
        "the clip of \(clip.segment) cannot be used: \(CommandFailure(error).error.message)")
    }
  }
}

extension OperationError {
  /// Whether what is wrong is that a file is not there.
  fileprivate var isOfMissingFile: Bool {
    code == .notFound || underlying as? Errno == .noSuchFileOrDirectory
  }
}
