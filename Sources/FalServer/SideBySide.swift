internal import ServiceLifecycle

/// Services that run together and are told to stop at the same moment; the first failure ends all.
struct SideBySide: Service {
  let services: [any Service]

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for service in services {
        group.addTask { try await service.run() }
      }
      while try await group.next() != nil {}
    }
  }
}
