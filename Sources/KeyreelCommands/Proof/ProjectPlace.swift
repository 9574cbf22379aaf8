internal import SystemPackage

/// A place inside a project that a manifest names; links are followed, as the disk would.
struct ProjectPlace {
  let path: FilePath

  /// `nil` for what leads out of `root`, or into the store.
  init?(_ name: String, in root: FilePath, keepingOutOf store: FilePath?) {
    let given = FilePath(name)
    guard !name.isEmpty, !given.isAbsolute,
      !given.components.contains(where: { $0.kind != .regular })
    else { return nil }
    path = root.appending(given.components)
    let folder = OutputPlaces.existing(path.removingLastComponent())
    guard folder.starts(with: root.resolved ?? root) else { return nil }
    if let store = store?.resolved, folder.starts(with: store) { return nil }
    if let end = path.resolved, !end.starts(with: root.resolved ?? root) { return nil }
  }
}
