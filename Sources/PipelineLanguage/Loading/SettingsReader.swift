import KeyreelCore

extension DocumentReader {
  /// The settings of one scope; keys of `table` that are no settings are left to others.
  mutating func settings(_ node: Node?, _ table: KeyTable) -> PipelineDocument.Settings {
    var settings = PipelineDocument.Settings()
    guard let node, let entries = node.entries else { return settings }
    let fields = Fields(node)
    settings.model = fields.read("model", .word)
    settings.style = fields.read("style", .text)
    settings.duration = fields.read("duration", .time)
    settings.frames = fields.read("frames", .frames) ?? fields.read("num_frames", .frames)
    settings.fit = fields.read("fit", .fit)
    settings.focus = fields.focus()
    settings.takes = fields.read("takes", .take)
    settings.pick = fields.read("pick", .take)
    // Two lengths were told; keep the first one written.
    if settings.duration != nil { settings.frames = nil }
    for entry in entries {
      if let parameter = parameter(entry, table) { settings.parameters.append(parameter) }
    }
    return settings
  }

  private mutating func parameter(
    _ entry: Node.Entry, _ table: KeyTable
  ) -> PipelineDocument.Settings.Parameter? {
    let name = entry.key.text
    guard !SettingKeys.fields.contains(name) else { return nil }
    let isCommon = SettingKeys.common.contains { $0.name == name }
    if !isCommon {
      // A key of the sequence itself, or one that was refused here.
      if table.rule(name) != nil || table.misplaced.contains(where: { $0.key == name }) {
        return nil
      }
      warnIfMisspelt(entry, table)
    }
    let value =
      SettingKeys.texts.contains(name)
      ? entry.value.read(.text)?.map { ParameterValue.string($0) } : entry.value.read(.scalar)
    return value.map { .init(name: Written(name, at: entry.key.span), value: $0) }
  }

  /// A model may have any parameter, so a near miss of one of our own keys is only a warning here.
  private mutating func warnIfMisspelt(_ entry: Node.Entry, _ table: KeyTable) {
    let own = table.keys.map(\.name).filter { name in
      SettingKeys.fields.contains(name) || !SettingKeys.common.contains { $0.name == name }
    }
    guard entry.value.scalar != nil, let near = Spelling.nearest(to: entry.key.text, among: own)
    else { return }
    log.warning(
      .misspeltSetting, "`\(entry.key.text)` is taken for a parameter of the model",
      at: entry.key.span, suggestion: "did you mean `\(near)`?")
  }
}
