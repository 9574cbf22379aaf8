internal import GRDB
internal import Synchronization

/// Which jobs wait, a bit each, so that a job's place is counted without asking the database.
///
/// Thousands of clients ask for their place again and again; counting rows takes milliseconds each.
final class WaitingList: Sendable {
  /// The waiting jobs of one priority, by number.
  struct Bits: Sendable {
    private var words: [UInt64] = []
    /// The number that the first bit stands for; a multiple of 64.
    private var base: Int64 = 0

    mutating func insert(_ number: Int64) {
      if words.isEmpty { base = number & ~63 }
      if number < base {
        let missing = Int((base - (number & ~63)) / 64)
        words.insert(contentsOf: repeatElement(0, count: missing), at: 0)
        base = number & ~63
      }
      let word = Int((number - base) / 64)
      if word >= words.count {
        words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
      }
      words[word] |= 1 << UInt64((number - base) % 64)
    }

    mutating func remove(_ number: Int64) {
      guard contains(number) else { return }
      words[Int((number - base) / 64)] &= ~(1 << UInt64((number - base) % 64))
      // Old words go in large portions, so that moving the rest costs little.
      guard words.first == 0 else { return }
      let empty = words.firstIndex { $0 != 0 } ?? words.count
      guard empty == words.count || empty > 64 else { return }
      words.removeFirst(empty)
      base += Int64(empty) * 64
    }

    func contains(_ number: Int64) -> Bool {
      guard number >= base, number < base + Int64(words.count) * 64 else { return false }
      return words[Int((number - base) / 64)] >> UInt64((number - base) % 64) & 1 == 1
    }

    /// Waiting jobs with a smaller number than `number`.
    func count(before number: Int64) -> Int {
      guard number > base else { return 0 }
      let whole = min(Int((number - base) / 64), words.count)
      let count = words[..<whole].reduce(0) { $0 + $1.nonzeroBitCount }
      guard whole < words.count else { return count }
      let rest = (1 << UInt64((number - base) % 64)) - 1 as UInt64
      return count + (words[whole] & rest).nonzeroBitCount
    }
  }

  private let bits: Mutex<[JobPriority: Bits]>

  /// The jobs that wait in the database.
  init(_ db: Database) throws {
    var found: [JobPriority: Bits] = [:]
    let rows = try Row.fetchCursor(
      db, sql: "SELECT priority, number FROM jobs WHERE state = 0 ORDER BY number")
    while let row = try rows.next() {
      guard let priority = JobPriority(rawValue: row[0]) else { continue }
      found[priority, default: Bits()].insert(row[1])
    }
    bits = Mutex(found)
  }

  /// Takes note of what a transaction did.
  func apply(_ jobs: [Effects.Move]) {
    bits.withLock { bits in
      for job in jobs {
        if job.waits {
          bits[job.priority, default: Bits()].insert(job.number)
        } else {
          bits[job.priority]?.remove(job.number)
        }
      }
    }
  }

  /// Jobs that wait before `job`; `nil` when it does not wait.
  func position(of job: Job) -> Int? {
    bits.withLock { bits in
      guard let own = bits[job.priority], own.contains(job.number) else { return nil }
      let before = own.count(before: job.number)
      guard job.priority == .low, let normal = bits[.normal] else { return before }
      return before + normal.count(before: .max)
    }
  }
}

/// What the world is to be told when a transaction is on the disk.
struct Effects: Sendable {
  /// A job that begins or ceases to wait.
  struct Move: Sendable {
    var number: Int64
    var priority: JobPriority
    var waits: Bool
  }

  /// A wish to cancel a running job that came up or is settled.
  struct Wish: Sendable {
    var job: String
    var stands: Bool
  }

  /// What changed.
  var topics: Set<ChangeBoard.Topic> = []
  /// Jobs that began or ceased to wait, in order.
  var moves: [Move] = []
  /// Wishes to cancel, in order.
  var wishes: [Wish] = []

  mutating func insert(_ topic: ChangeBoard.Topic) { topics.insert(topic) }

  mutating func wish(toCancel job: Job, stands: Bool) {
    wishes.append(Wish(job: job.id, stands: stands))
    if stands { topics.insert(.wish(job.id)) }
  }

  mutating func move(_ job: Job, waits: Bool) {
    moves.append(Move(number: job.number, priority: job.priority, waits: waits))
    topics.insert(.job(job.id))
    if waits { topics.insert(.work) }
  }
}
