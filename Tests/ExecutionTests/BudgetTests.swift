import Execution
import KeyreelCore
import KeyreelTesting
import Testing

/// A request of a made-up schedule: what it may cost, and what becomes of it.
private struct Request {
  enum End: CaseIterable { case billed, untold, refused, unknown }

  let worst: Money
  let bill: Money
  let end: End

  init(_ random: inout SplitMix) {
    worst = Money(nanos: Int64.random(in: 0...400_000_000, using: &random))
    bill = Money(nanos: Int64.random(in: 0...max(0, worst.nanos), using: &random))
    end = End.allCases.randomElement(using: &random) ?? .billed
  }
}

@Suite("Budgets")
struct BudgetTests {
  @Test("In ten thousand random schedules what may be billed never passes the ceiling")
  func randomSchedules() {
    for seed in 0..<10_000 {
      var random = SplitMix(seed: UInt64(seed))
      let ceiling = Money(nanos: Int64.random(in: 0...3_000_000_000, using: &random))
      var budget = Budget(ceiling: ceiling)
      var waiting = (0..<Int.random(in: 1...40, using: &random)).map { _ in Request(&random) }
      let limit = Int.random(in: 1...16, using: &random)
      var running: [Request] = []
      // What a provider that bills as much as it may has billed or may yet bill.
      var billed = Money.zero
      var isStopped = false
      while !running.isEmpty || (!waiting.isEmpty && !isStopped) {
        let begins =
          running.count < limit && !waiting.isEmpty && !isStopped && Bool.random(using: &random)
        if begins || running.isEmpty {
          let request = waiting.removeFirst()
          guard budget.reserve(request.worst) else {
            #expect(budget.committed + request.worst > ceiling)
            isStopped = true
            continue
          }
          running.append(request)
        } else {
          let request = running.remove(at: Int.random(in: running.indices, using: &random))
          switch request.end {
          case .billed:
            billed += request.bill
            let isWithin = budget.settle(request.worst, billed: request.bill)
            #expect(isWithin)
          case .untold:
            billed += request.bill
            budget.settle(request.worst, billed: nil)
          case .refused: budget.release(request.worst)
          case .unknown:
            billed += request.worst
            budget.keep(request.worst)
          }
        }
        #expect(billed + running.reduce(.zero) { $0 + $1.worst } <= budget.committed)
        #expect(budget.committed <= ceiling)
      }
      #expect(budget.reserved == .zero && budget.inFlight == 0)
    }
  }

  @Test("A bill beyond the worst price is told and stops all further buying")
  func beyondWorst() {
    for ceiling in [Money(nanos: 1_000), nil] {
      var budget = Budget(ceiling: ceiling)
      let isReserved = budget.reserve(Money(nanos: 10))
      let isWithin = budget.settle(Money(nanos: 10), billed: Money(nanos: 11))
      let isReservedAgain = budget.reserve(.zero)
      #expect(isReserved && !isWithin && budget.isBroken && !isReservedAgain)
    }
  }

  @Test("Units in billionths cost what was planned, not a billionth more")
  func roundedUnits() {
    let purse = Purse(unitPrices: ["m": Money(nanos: 33_300_000)])
    let planned = PriceRange(expected: Money(nanos: 101_010_000), worst: Money(nanos: 120_990_000))
    #expect(purse.cost(of: "3.033333334", model: "m", planned: planned) == planned.expected)
    #expect(purse.cost(of: "3.6333333334999", model: "m", planned: planned) == planned.worst)
    #expect(purse.cost(of: "3.5", model: "m", planned: planned) == Money(nanos: 116_550_000))
    #expect(purse.cost(of: "4", model: "m", planned: planned) == Money(nanos: 133_200_000))
    for text in ["", "-1", "x", "1.2.3", "1e3", "1.1234567890x"] {
      #expect(purse.cost(of: text, model: "m", planned: planned) == nil)
    }
    #expect(purse.cost(of: "1", model: "other", planned: planned) == nil)
  }
}
