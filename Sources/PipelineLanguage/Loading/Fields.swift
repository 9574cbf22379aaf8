import KeyreelCore

/// Typed views of a checked mapping; what does not fit was told by the checker and is `nil` here.
struct Fields {
  let node: Node

  init(_ node: Node) { self.node = node }

  /// The value of `key` in `form`.
  func read<Value>(_ key: String, _ form: ScalarForm<Value>) -> Written<Value>? {
    node.value(of: key).flatMap { $0.read(form) }
  }

  /// The focus point under `key`.
  func focus(_ key: String = "focus") -> Written<Focus>? { node.value(of: key).flatMap(\.focus) }
}

extension Node {
  /// The value in `form`, if this is a scalar that fits.
  func read<Value>(_ form: ScalarForm<Value>) -> Written<Value>? {
    guard let scalar, let value = form.read(scalar) else { return nil }
    return Written(value, at: span)
  }

  /// The point of a picture, if this is one.
  var focus: Written<Focus>? {
    guard let items, items.count == 2, let x = items[0].read(.share), let y = items[1].read(.share)
    else { return nil }
    func thousandths(_ share: Double) -> Int { Int((share * 1000).rounded()) }
    return Written(Focus(x: thousandths(x.value), y: thousandths(y.value)), at: span)
  }
}
