import KeyreelCore

/// Where a run stands, as far as its events tell; pure, so that every picture of it can be tested.
struct RunBoard {
  struct Lane {
    let name: TakeName
    var progress: GenerationProgress?
    var isWaiting = false
    let since: ContinuousClock.Instant
  }

  struct Film {
    let name: String
    let path: String
    let frames: Int
    let duration: Duration
    let reused: Bool
  }

  private(set) var films = 0
  private(set) var generate = 0
  private(set) var reuse = 0
  private(set) var made = 0
  private(set) var failed = 0
  /// Takes at work, in the order in which they began.
  private(set) var lanes: [Lane] = []
  private(set) var stitching: (film: String, done: Int, of: Int)?
  private(set) var published: [Film] = []
  /// How the joins of each film are.
  private(set) var joins: [String: JoinCount] = [:]
  private(set) var started: ContinuousClock.Instant?

  mutating func apply(_ event: RunEvent, at now: ContinuousClock.Instant) {
    switch event {
    case .started(let films, let generate, let reuse, _, _):
      self.films = films
      self.generate = generate
      self.reuse = reuse
      started = now
    case .waiting(let name): lane(name, now) { $0.isWaiting = true }
    case .takeStarted(let name, _): lane(name, now) { $0.isWaiting = false }
    case .takeProgress(let name, let progress): lane(name, now) { $0.progress = progress }
    case .takeCommitted(let name, _, _, _):
      made += 1
      end(name)
    case .takeFailed(let name, _):
      failed += 1
      end(name)
    // A take that was to be made and is found in the store: another process made it meanwhile.
    case .takeReused(let name, _), .takeSkipped(let name, _): end(name)
    case .stitching(let film, let done, let all): stitching = (film, done, all)
    case .filmPublished(let film, let path, let frames, let duration, let reused):
      published.append(
        Film(name: film, path: path, frames: frames, duration: duration, reused: reused))
      stitching = nil
    case .filmFailed: stitching = nil
    case .finished:
      lanes = []
      stitching = nil
    case .joinMeasured(let film, let verdict): joins[film, default: JoinCount()].add(verdict)
    case .remark, .warning: break
    }
  }

  private mutating func lane(
    _ name: TakeName, _ now: ContinuousClock.Instant, _ change: (inout Lane) -> Void
  ) {
    if let index = lanes.firstIndex(where: { $0.name == name }) {
      change(&lanes[index])
    } else {
      var lane = Lane(name: name, since: now)
      change(&lane)
      lanes.append(lane)
    }
  }

  private mutating func end(_ name: TakeName) { lanes.removeAll { $0.name == name } }

  /// What people call a take: its segment, and its film where the run makes several.
  func title(of name: TakeName) -> String {
    DisplayWidth.harmless(
      name.segment + (name.take > 1 ? " take \(name.take)" : "")
        + (films > 1 ? " (\(name.film))" : ""))
  }

  /// Finished takes of all that were to be made, parts of running ones counted; 0…1.
  var fraction: Double {
    guard generate > 0 else { return 0 }
    let running = lanes.reduce(0) { $0 + Self.fraction(of: $1.progress) }
    return min(1, (Double(made + failed) + running) / Double(generate))
  }

  static func fraction(of progress: GenerationProgress?) -> Double {
    switch progress {
    case .rendering(let done, let all)? where all > 0: min(1, Double(done) / Double(all))
    case .downloading?: 1
    default: 0
    }
  }

  /// How long the clips will still take if they go on as before; `nil` while nobody can tell.
  func remaining(at now: ContinuousClock.Instant) -> Duration? {
    let fraction = fraction
    guard let started, fraction > 0.02, fraction < 1 else { return nil }
    return (now - started) * ((1 - fraction) / fraction)
  }
}
