/// The shape of a resampling filter.
enum FilterKernel {
  /// Mean over the area of a pixel.
  case box
  /// Cubic B-spline: very smooth, never rings.
  case spline
  /// Lanczos with three lobes: sharp.
  case lanczos

  /// How far the filter reaches from its middle, in pixels of the coarser grid.
  var radius: Double {
    switch self {
    case .box: 0.5
    case .spline: 2
    case .lanczos: 3
    }
  }

  func weight(_ x: Double) -> Double {
    let distance = abs(x)
    switch self {
    case .box: return x >= -0.5 && x < 0.5 ? 1 : 0
    case .spline:
      if distance < 1 {
        return (4 - 6 * distance * distance + 3 * distance * distance * distance) / 6
      }
      let rest = 2 - distance
      return distance < 2 ? rest * rest * rest / 6 : 0
    case .lanczos:
      if distance < 1e-9 { return 1 }
      return distance < 3 ? Self.sinc(distance) * Self.sinc(distance / 3) : 0
    }
  }

  /// `sin(πx) / (πx)`, by its own series: the C library's sine may differ between machines.
  private static func sinc(_ x: Double) -> Double {
    let nearest = x.rounded()
    let angle = (x - nearest) * Double.pi
    let square = angle * angle
    var (term, sum) = (angle, angle)
    for factor in stride(from: 2.0, through: 18, by: 2) {
      term *= -square / (factor * (factor + 1))
      sum += term
    }
    return (Int(nearest) % 2 == 0 ? sum : -sum) / (Double.pi * x)
  }
}

/// For every output sample of one axis: which input samples it takes, and how much of each.
struct FilterTaps {
  /// A run of input samples.
  struct Run {
    /// The first input sample.
    var first: Int
    /// How many follow each other.
    var count: Int
    /// Where their weights begin.
    var offset: Int
  }

  /// Weights of all runs; those of one run sum to 2¹⁴.
  private(set) var weights: [Int32] = []
  /// Input samples that are used at all.
  private(set) var reach: Range<Int>
  private var runs: [Run] = []

  /// Taps for `outputs` samples over `start ..< start + length` of `samples` input samples.
  init(start: Double, length: Double, samples: Int, outputs: Int, _ kernel: FilterKernel) {
    let step = length / Double(outputs)
    let spread = max(1, step)
    reach = 0..<samples
    for output in 0..<outputs {
      let middle = start + (Double(output) + 0.5) * step
      let support = kernel.radius * spread
      let first = min(samples - 1, max(0, Int((middle - support).rounded(.down))))
      let end = max(first + 1, min(samples, Int((middle + support).rounded(.up))))
      let exact = (first..<end).map { kernel.weight((Double($0) + 0.5 - middle) / spread) }
      append(exact, first: first, nearest: Int(middle))
    }
    let low = runs.map(\.first).min() ?? 0
    reach = low..<(runs.map { $0.first + $0.count }.max() ?? samples)
  }

  func taps(_ output: Int) -> Run { runs[output] }

  private mutating func append(_ exact: [Double], first: Int, nearest: Int) {
    let sum = exact.reduce(0, +)
    let one = Double(1 << 14)
    var whole =
      sum == 0
      ? exact.indices.map { Int32(first + $0 == nearest ? 1 << 14 : 0) }
      : exact.map { Int32(($0 / sum * one).rounded()) }
    // What rounding lost or won goes to the heaviest, so that flat areas stay flat.
    if let heaviest = whole.indices.max(by: { whole[$0] < whole[$1] }) {
      whole[heaviest] += Int32(1 << 14) - whole.reduce(0, +)
    }
    let lead = whole.prefix { $0 == 0 }.count
    let tail = whole.reversed().prefix { $0 == 0 }.count
    let kept = whole.dropFirst(lead).dropLast(min(tail, whole.count - lead))
    runs.append(Run(first: first + lead, count: kept.count, offset: weights.count))
    weights.append(contentsOf: kept)
  }
}
