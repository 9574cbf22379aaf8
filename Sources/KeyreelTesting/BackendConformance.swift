public import KeyreelCore
public import SystemPackage

/// What every ``GenerationBackend`` promises, each promise a check of its own.
public enum BackendConformance {
  /// A backend with what is needed to try it.
  public struct Fixture: Sendable {
    /// The backend.
    public var backend: any GenerationBackend
    /// An order that it can make; small, so that the checks are quick.
    public var order: GenerationOrder
    /// Looks at what it made.
    public var inspector: any ClipInspector
    /// A folder for its files.
    public var folder: FilePath

    /// A backend and an order for it.
    public init(
      backend: any GenerationBackend, order: GenerationOrder, inspector: any ClipInspector,
      folder: FilePath
    ) {
      self.backend = backend
      self.order = order
      self.inspector = inspector
      self.folder = folder
    }
  }

  /// One promise.
  public struct Law: Sendable, CustomStringConvertible {
    /// The promise, in words.
    public let description: String
    private let body: @Sendable (Fixture) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (Fixture) async throws -> Void) {
      self.description = description
      self.body = body
    }

    /// Checks the promise; throws a ``BrokenPromise`` when it is not kept.
    public func check(_ fixture: Fixture) async throws { try await body(fixture) }
  }

  /// All promises.
  public static let laws: [Law] = [
    Law("Preparing twice gives the same input") { fixture in
      let first = try await fixture.backend.prepare(fixture.order)
      let second = try await fixture.backend.prepare(fixture.order)
      try promise(first.input == second.input, "the input is the same")
      try promise(!first.input.isEmpty, "and says something")
    },
    Law("A ticket names its backend") { fixture in
      let ticket = try await submit(fixture)
      try promise(ticket.backend == fixture.backend.identity, "\(ticket.backend) is its maker")
      try promise(!ticket.id.isEmpty, "it has a name")
      await fixture.backend.cancel(ticket)
    },
    Law("A clip has the planned frames, size and rate") { fixture in
      let ticket = try await submit(fixture)
      let file = fixture.folder.appending("clip.mp4")
      _ = try await fixture.backend.collect(ticket, into: file) { _ in }
      let found = try await fixture.inspector.inspect(file)
      let recipe = fixture.order.recipe
      try promise(found.frames == recipe.frames, "\(found.frames) frames")
      try promise(found.size == recipe.first.canvas, "\(found.size)")
      try promise(found.frameRate == recipe.frameRate, "\(found.frameRate)")
    },
    Law("A ticket can be collected again") { fixture in
      let ticket = try await submit(fixture)
      let files = ["one.mp4", "two.mp4"].map { fixture.folder.appending($0) }
      for file in files { _ = try await fixture.backend.collect(ticket, into: file) { _ in } }
      let bytes = try files.map { try TestFile.read($0) }
      try promise(bytes[0] == bytes[1], "both times the same clip")
    },
    Law("A ticket that it does not know is lost") { fixture in
      let ticket = Ticket(
        id: "never-given", endpoint: fixture.order.recipe.model,
        backend: fixture.backend.identity)
      let file = fixture.folder.appending("lost.mp4")
      let isLost = await StoreConformance.fails(with: .ticketLost) {
        _ = try await fixture.backend.collect(ticket, into: file) { _ in }
      }
      try promise(isLost, "it says ticketLost")
      await fixture.backend.cancel(ticket)
    },
    Law("A cancelled task stops collecting with an error") { fixture in
      let ticket = try await submit(fixture)
      let file = fixture.folder.appending("stopped.mp4")
      let work = Task {
        // Cancelled from within, so that it is cancelled before it begins.
        withUnsafeCurrentTask { $0?.cancel() }
        return try await fixture.backend.collect(ticket, into: file) { _ in }
      }
      if case .success = await work.result { throw BrokenPromise("it went on") }
      await fixture.backend.cancel(ticket)
    },
  ]

  private static func submit(_ fixture: Fixture) async throws -> Ticket {
    try await fixture.backend.submit(try await fixture.backend.prepare(fixture.order))
  }
}
