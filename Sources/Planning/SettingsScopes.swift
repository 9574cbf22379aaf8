import KeyreelCore

/// The settings that hold for one segment: of its `next`, its sequence and the defaults.
struct SettingsScopes {
  typealias Settings = PipelineDocument.Settings

  /// Innermost first.
  let scopes: [Settings]

  init(next: Settings? = nil, sequence: Settings? = nil, defaults: Settings) {
    scopes = [next, sequence, defaults].compactMap(\.self)
  }

  /// What the innermost scope says that says anything.
  func first<Value>(_ read: (Settings) -> Value?) -> Value? {
    for scope in scopes {
      if let value = read(scope) { return value }
    }
    return nil
  }

  func parameter(_ name: String) -> Settings.Parameter? { first { $0.parameter(name) } }

  /// The styles to add to a prompt, innermost first; the empty text ends the list.
  var styles: [Written<String>] {
    var styles: [Written<String>] = []
    for style in scopes.lazy.compactMap(\.style) {
      if style.value.isEmpty { break }
      styles.append(style)
    }
    return styles
  }
}
