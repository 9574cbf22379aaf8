import KeyreelCore
import SystemPackage

extension StoreConformance {
  static let clipLaws: [Law] = [
    Law("An empty store has nothing and says so") { open in
      let store = try open()
      let key = SamplePlans.recipe(1).key
      try promise(try store.receipt(for: key) == nil, "no receipt")
      let snapshot = try store.snapshot(of: [key], pipeline: "a.yaml")
      try promise(snapshot == StoreSnapshot(), "an empty snapshot")
      try promise(try store.film(for: Digest.of("film")) == nil, "no film")
    },
    Law("A committed clip is found again, byte for byte, through another handle") { open in
      let recipe = SamplePlans.recipe(1)
      let receipt = try await make(recipe, in: try open())
      let store = try open()
      try promise(try store.receipt(for: recipe.key) == receipt, "the receipt is the same")
      let bytes = try TestFile.read(try store.clip(receipt))
      try promise(Digest.of(bytes) == receipt.digest, "the bytes are the same")
      let other = SamplePlans.recipe(2).key
      let snapshot = try store.snapshot(of: [other, recipe.key], pipeline: "a.yaml")
      try promise(snapshot.committed == [recipe.key], "the snapshot has the clip and no other")
    },
    Law("The first commit wins and a second one is no error") { open in
      let recipe = SamplePlans.recipe(1)
      let first = try await make(recipe, in: try open())
      let store = try open()
      let claim = try await store.claim(recipe, waits: true)
      defer { claim.release() }
      try promise(try claim.state == .committed(first), "the claim knows the clip")
      _ = try commit(recipe, under: claim, in: store, note: "another")
      try promise(try store.receipt(for: recipe.key) == first, "the first receipt stays")
      let bytes = try TestFile.read(try store.clip(first))
      try promise(Digest.of(bytes) == first.digest, "the first bytes stay")
    },
    Law("Equal bytes of two recipes are both kept") { open in
      let store = try open()
      let receipts = [try await make(SamplePlans.recipe(1), in: store)]
      var twin = SamplePlans.recipe(2)
      twin.model = "made-up/other"
      let claim = try await store.claim(twin, waits: true)
      try claim.begin(input: "{}", reserved: .free)
      let bytes = try TestFile.read(try store.clip(receipts[0]))
      let staged = try store.stage(ending: "mp4")
      try TestFile.write(bytes, to: staged)
      var receipt = receipts[0]
      receipt.recipe = twin
      try claim.commit(staged, receipt: receipt)
      claim.release()
      try promise(try store.receipt(for: twin.key) == receipt, "the twin has its own receipt")
      _ = try store.clip(receipt)
    },
    Law(
      "A damaged clip is refused and may be made again",
      harming: { open, harm in
        let store = try open()
        let recipe = SamplePlans.recipe(1)
        let receipt = try await make(recipe, in: store)
        try harm(receipt, store)
        let fresh = try open()
        try promise(
          await fails(with: .corrupt) { _ = try fresh.clip(receipt) }, "the damage is seen")
        let claim = try await fresh.claim(recipe, waits: true)
        defer { claim.release() }
        if case .committed = try claim.state {
          throw BrokenPromise("a damaged clip is not committed")
        }
        try claim.fail("damaged")
        try claim.begin(input: "{}", reserved: .free)
        let again = try commit(recipe, under: claim, in: fresh)
        try promise(
          Digest.of(try TestFile.read(try fresh.clip(again))) == again.digest, "it is whole again")
        try promise(try claim.state == .committed(again), "and committed again")
      }),
    Law("Staged files have paths of their own") { open in
      let store = try open()
      let other = try open()
      var paths: Set<FilePath> = []
      for _ in 0..<20 {
        paths.insert(try store.stage(ending: "mp4"))
        paths.insert(try other.stage(ending: "mp4"))
      }
      try promise(paths.count == 40, "no path twice")
      try promise(paths.allSatisfy { $0.extension == "mp4" }, "with the ending asked for")
    },
    Law("What takes were last made with is remembered per pipeline") { open in
      let store = try open()
      let recipe = SamplePlans.recipe(1)
      try await make(recipe, in: store)
      try store.remember(["film|valley/1|1": recipe.key], pipeline: "a.yaml")
      try store.remember(["film|valley/2|1": SamplePlans.recipe(9).key], pipeline: "a.yaml")
      let key = SamplePlans.recipe(2).key
      let here = try open().snapshot(of: [key], pipeline: "a.yaml").lastRecipes
      try promise(here["film|valley/1|1"] == recipe, "the recipe of a remembered take is told")
      try promise(here["film|valley/2|1"] == nil, "a clip that never was has no recipe")
      let there = try open().snapshot(of: [key], pipeline: "b.yaml").lastRecipes
      try promise(there.isEmpty, "another pipeline has its own memory")
    },
  ]
}
