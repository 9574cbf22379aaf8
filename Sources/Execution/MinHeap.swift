/// Numbers handed out smallest first.
struct MinHeap: Sendable {
  private var numbers: [Int] = []

  init() {}

  /// Takes over numbers that are sorted already.
  init(_ sorted: some Sequence<Int>) { numbers = Array(sorted) }

  var isEmpty: Bool { numbers.isEmpty }

  mutating func insert(_ number: Int) {
    numbers.append(number)
    var child = numbers.count - 1
    while child > 0, numbers[child] < numbers[(child - 1) / 2] {
      numbers.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popFirst() -> Int? {
    guard let first = numbers.first else { return nil }
    let last = numbers.removeLast()
    if !numbers.isEmpty {
      numbers[0] = last
      sink()
    }
    return first
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < numbers.count && numbers[child] < numbers[smallest] {
        smallest = child
      }
      if smallest == parent { return }
      numbers.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
