import Foundation
import KeyreelTesting
import Testing

@Suite("What comes of every fault", .serialized)
struct FaultMatrixTests {
  @Test("The page leaves out no fault that a script can have")
  func complete() throws {
    let matrix = try FaultMatrix()
    let forms = try FaultForms()
    let samples = Dictionary(
      matrix.trials.map { ($0.action, $0.fault) }, uniquingKeysWith: { first, _ in first })
    #expect(Set(samples.keys) == Set(forms.actions))
    let allowed = try forms.allowed(samples)
    for action in forms.actions {
      let mine = matrix.trials.filter { $0.action == action }
      #expect(Set(mine.map(\.place)) == allowed[action], "\(action)")
      for form in forms.forms(of: action) {
        #expect(mine.contains { $0.fault.contains(form) }, "\(action): \(form) is nowhere tried")
      }
    }
    #expect(Set(matrix.trials.map(\.outcome)) == Set(FaultMatrix.Outcome.allCases))
  }

  @Test("Faults of single requests end as the page says, side by side in one run")
  func together() async throws {
    let trials = try FaultMatrix().together
    let drill = try await FaultDrill(trials)
    for (trial, outcome) in zip(trials, try await drill.outcomes()) {
      #expect(outcome == trial.outcome, "\(trial)")
    }
  }

  /// All of them take minutes; of each place and action the first one does not.
  private static let lone: [FaultMatrix.Trial] = {
    let all = (try? FaultMatrix().alone) ?? []
    var seen: Set<String> = []
    return isTorture
      ? all : all.filter { seen.insert("\($0.place) \($0.action) \($0.outcome)").inserted }
  }()

  @Test("Faults of a whole run end as the page says", arguments: lone)
  func alone(_ trial: FaultMatrix.Trial) async throws {
    let outcome = try await LoneFault(trial).outcome()
    #expect(outcome == trial.outcome, "\(trial)")
  }
}
