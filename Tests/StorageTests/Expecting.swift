import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

/// The ``OperationError`` that `body` throws; records an issue when it throws none.
func failure(
  _ location: SourceLocation = #_sourceLocation, of body: () async throws -> Void
) async -> OperationError? {
  do {
    try await body()
    Issue.record("nothing was thrown", sourceLocation: location)
    return nil
  } catch let error as OperationError {
    return error
  } catch {
    Issue.record("\(error) is no OperationError", sourceLocation: location)
    return nil
  }
}

/// A ticket that a made-up maker gave.
func ticket(for recipe: Recipe) -> Ticket {
  Ticket(id: "request-1", endpoint: recipe.model, backend: recipe.backend)
}

/// Writes a made-up clip of `recipe` to a staged file, and says what a receipt says of it.
func stagedClip(
  of recipe: Recipe, in store: any ArtifactStore, price: PriceRange = .free
) throws -> (file: FilePath, receipt: Receipt) {
  let inspection = ClipInspection(
    frames: recipe.frames, size: recipe.first.canvas, frameRate: recipe.frameRate)
  let bytes = ScriptedClip(key: recipe.key, inspection: inspection).bytes
  let staged = try store.stage(ending: "mp4")
  try TestFile.write(bytes, to: staged)
  let receipt = Receipt(
    recipe: recipe, digest: Digest.of(bytes), byteCount: bytes.count, inspection: inspection,
    price: price, ticket: ticket(for: recipe))
  return (staged, receipt)
}

/// The price of a clip of eight seconds.
let somePrice = PriceRange(
  expected: Money(nanos: 266_400_000), worst: Money(nanos: 299_700_000))

/// Makes a clip that counts as paid.
@discardableResult
func makePaid(_ number: Int, in store: any ArtifactStore) async throws -> Receipt {
  let recipe = SamplePlans.recipe(number, on: SamplePlans.paid)
  let claim = try await store.claim(recipe, waits: false)
  defer { claim.release() }
  try claim.begin(input: "{}", reserved: somePrice)
  try claim.accept(ticket(for: recipe))
  let (file, receipt) = try stagedClip(of: recipe, in: store, price: somePrice)
  try claim.commit(file, receipt: receipt)
  return receipt
}
