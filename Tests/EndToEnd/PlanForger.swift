import Foundation
import KeyreelCore
import KeyreelTesting

/// Changes single values of a plan file.
struct PlanForger {
  /// The way to a value: keys and places.
  enum Step: Hashable {
    case key(String)
    case place(Int)
  }

  var random: SplitMix

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  /// What tells of the store or the program is no part of what is compared.
  private static let volatile: Set<String> = [
    "made_by", "action", "reason", "new", "new_upper_bound", "reused",
  ]

  func leaves(of value: Any, below path: [Step] = []) -> [[Step]] {
    switch value {
    case let object as [String: Any]:
      object.keys.sorted().filter { !Self.volatile.contains($0) }.flatMap { key in
        leaves(of: object[key] ?? "", below: path + [.key(key)])
      }
    case let list as [Any]:
      list.enumerated().flatMap { leaves(of: $1, below: path + [.place($0)]) }
    default: value is NSNull ? [] : [path]
    }
  }

  /// `value` with something else at `path`: `replacement`, or whatever is near what stands there.
  func change(_ path: [Step], in value: Any, to replacement: Any? = nil) -> Any {
    guard let step = path.first else { return replacement ?? Self.other(value) }
    let rest = Array(path.dropFirst())
    switch (step, value) {
    case (.key(let key), var object as [String: Any]):
      object[key] = change(rest, in: object[key] ?? "", to: replacement)
      return object
    case (.place(let place), var list as [Any]):
      list[place] = change(rest, in: list[place], to: replacement)
      return list
    default: return value
    }
  }

  /// What stands at `path`.
  static func value(_ path: [Step], in value: Any) -> Any? {
    guard let step = path.first else { return value }
    let rest = Array(path.dropFirst())
    switch (step, value) {
    case (.key(let key), let object as [String: Any]):
      return object[key].flatMap { Self.value(rest, in: $0) }
    case (.place(let place), let list as [Any]): return Self.value(rest, in: list[place])
    default: return nil
    }
  }

  private static func other(_ value: Any) -> Any {
    if let text = value as? String { return Int(text) == nil ? text + "x" : "9" + text }
    guard let number = value as? NSNumber else { return "x" }
    return CFGetBool(number) ?? (number.intValue + 1)
  }

  private static func CFGetBool(_ number: NSNumber) -> Any? {
    String(cString: number.objCType) == "c" ? !number.boolValue : nil
  }
}
