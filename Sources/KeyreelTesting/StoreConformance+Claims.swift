import KeyreelCore

extension StoreConformance {
  static let claimLaws: [Law] = [
    Law("A claim's record leads from intent to ticket to a definite end, attempt by attempt") {
      open in
      let recipe = SamplePlans.recipe(1)
      let claim = try await open().claim(recipe, waits: false)
      defer { claim.release() }
      try promise(try claim.state == .open, "a new claim is open")
      try claim.begin(input: "{}", reserved: .free)
      try promise(try claim.state == .unknown(attempt: 1), "an intent alone is unknown")
      try claim.accept(ticket(1, of: recipe))
      try promise(try claim.state == .ticketed(ticket(1, of: recipe)), "a ticket is kept")
      try claim.fail("the model failed")
      try promise(try claim.state == .open, "a definite end opens it again")
      try claim.begin(input: "{}", reserved: .free)
      try promise(try claim.state == .unknown(attempt: 2), "attempts are numbered")
    },
    Law("An attempt that has not ended keeps another from beginning") { open in
      let claim = try await open().claim(SamplePlans.recipe(1), waits: false)
      defer { claim.release() }
      try claim.begin(input: "{}", reserved: .free)
      let isRefused = await fails(with: .busy) { try claim.begin(input: "{}", reserved: .free) }
      try promise(isRefused, "a second intent is refused")
      try promise(try claim.state == .unknown(attempt: 1), "and changes nothing")
    },
    Law("The record outlives its owner") { open in
      let recipe = SamplePlans.recipe(1)
      let first = try await open().claim(recipe, waits: false)
      try first.begin(
        input: "{}",
        reserved: PriceRange(expected: Money(nanos: 1_000), worst: Money(nanos: 2_000)))
      try first.accept(ticket(1, of: recipe))
      first.release()
      let second = try await open().claim(recipe, waits: false)
      defer { second.release() }
      try promise(try second.state == .ticketed(ticket(1, of: recipe)), "the ticket is found")
    },
    Law("A claim has one owner, within and across handles") { open in
      let recipe = SamplePlans.recipe(1)
      let store = try open()
      let claim = try await store.claim(recipe, waits: false)
      for other in [store, try open()] {
        let isBusy = await fails(with: .busy) { _ = try await other.claim(recipe, waits: false) }
        try promise(isBusy, "a second owner is refused")
      }
      let neighbour = try await store.claim(SamplePlans.recipe(2), waits: false)
      neighbour.release()
      claim.release()
      claim.release()
      let next = try await open().claim(recipe, waits: false)
      next.release()
    },
    Law("Who waits gets the claim when its owner lets it go") { open in
      let recipe = SamplePlans.recipe(1)
      let store = try open()
      let claim = try await store.claim(recipe, waits: false)
      try await withThrowingTaskGroup(of: ClaimState.self) { group in
        let other = try open()
        group.addTask {
          let claim = try await other.claim(recipe, waits: true)
          defer { claim.release() }
          return try claim.state
        }
        try claim.begin(input: "{}", reserved: .free)
        let receipt = try commit(recipe, under: claim, in: store)
        claim.release()
        let seen = try await group.next()
        try promise(seen == .committed(receipt), "and finds what the owner made")
      }
    },
    Law("Who waits can be stopped") { open in
      let recipe = SamplePlans.recipe(1)
      let claim = try await open().claim(recipe, waits: false)
      defer { claim.release() }
      let other = try open()
      let waiting = Task {
        await fails(with: .interrupted) { _ = try await other.claim(recipe, waits: true) }
      }
      waiting.cancel()
      try promise(await waiting.value, "a cancelled wait ends as interrupted")
    },
    Law("Of many that race for a claim one at a time has it") { open in
      let recipe = SamplePlans.recipe(1)
      let inside = Locked((now: 0, most: 0, total: 0))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<12 {
          let store = try open()
          group.addTask {
            let claim = try await store.claim(recipe, waits: true)
            inside.withLock {
              $0.now += 1
              $0.total += 1
              $0.most = max($0.most, $0.now)
            }
            await Task.yield()
            inside.withLock { $0.now -= 1 }
            claim.release()
          }
        }
        try await group.waitForAll()
      }
      let (most, total) = inside.withLock { ($0.most, $0.total) }
      try promise(most == 1 && total == 12, "\(most) at once, \(total) of 12 in all")
    },
    Law("Of eight that race to make a clip exactly one makes it, twenty times") { open in
      let stores = try (0..<8).map { _ in try open() }
      for round in 1...20 {
        let recipe = SamplePlans.recipe(100 + round)
        let makers = try await withThrowingTaskGroup(of: Receipt?.self) { group in
          for (number, store) in stores.enumerated() {
            group.addTask {
              let claim = try await store.claim(recipe, waits: true)
              defer { claim.release() }
              guard case .open = try claim.state else { return nil }
              try claim.begin(input: "{}", reserved: .free)
              try claim.accept(ticket(number, of: recipe))
              return try commit(recipe, under: claim, in: store, note: "maker \(number)")
            }
          }
          return try await group.reduce(into: [Receipt]()) { $0 += $1.map { [$0] } ?? [] }
        }
        try promise(makers.count == 1, "round \(round) had \(makers.count) makers")
        let seen = try Set(stores.map { try $0.receipt(for: recipe.key) })
        try promise(seen == [makers[0]], "round \(round): all see the clip of its maker")
      }
    },
  ]
}
