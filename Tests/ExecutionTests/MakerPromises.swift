import Execution
import KeyreelCore
import KeyreelTesting
import Testing

@Suite("Makers in tests behave like makers")
struct MakerPromises {
  @Test("The scripted maker keeps a backend's promises", arguments: BackendConformance.laws)
  func scripted(_ law: BackendConformance.Law) async throws {
    let scratch = try ScratchFolder()
    let picture = FittedPicture(
      size: SamplePlans.canvas, pixels: [UInt8](repeating: 9, count: SamplePlans.canvas.area * 3))
    let order = GenerationOrder(
      label: "valley/1", recipe: SamplePlans.recipe(1), first: picture, last: picture)
    try await law.check(
      .init(
        backend: ScriptedBackend(), order: order, inspector: ScriptedInspector(),
        folder: scratch.path))
  }
}
