#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import KeyreelCore
internal import SystemPackage

/// Sees to it that films are written where the project may write: links are followed, as the disk would.
struct OutputPlaces {
  let project: Project
  let store: FilePath
  let allowsOutside: Bool

  /// What is wrong with the outputs of `documents`.
  func diagnostics(of documents: [PipelineDocument]) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for document in documents {
      let named = document.film.outputs.map { ($0.file.value, Optional($0.file.span)) }
      let outputs = named.isEmpty ? [("films/\(document.name).mp4", nil)] : named
      for (file, span) in outputs {
        guard let problem = problem(of: file, at: span), !found.contains(problem) else { continue }
        found.append(problem)
      }
    }
    return found
  }

  private func problem(of file: String, at span: SourceSpan?) -> Diagnostic? {
    let folder = Self.existing(project.filmFolder.pushing(FilePath(file)).removingLastComponent())
    if let store = store.resolved, folder.starts(with: store) {
      return Diagnostic(
        .error, "KR0501", "`\(file)` lies in the store, where only clips may be",
        file: project.displayPath, at: span, suggestion: "write films to `films/`")
    }
    // A folder that is named for the films need not be there yet.
    guard !allowsOutside, !folder.starts(with: Self.existing(project.filmFolder)) else {
      return nil
    }
    return Diagnostic(
      .error, "KR0502", "`\(file)` leads through a link out of the project root to \(folder)",
      file: project.displayPath, at: span,
      suggestion: "write films inside the project, or use --allow-outside")
  }

  /// The deepest folder of `path` that is there, without links.
  static func existing(_ path: FilePath) -> FilePath {
    var folder = path.lexicallyNormalized()
    while true {
      if let resolved = folder.resolved { return resolved }
      guard folder.removeLastComponent() else { return folder }
    }
  }
}
