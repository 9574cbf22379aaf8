@testable import PipelineLanguage

extension PipelineSchema {
  /// The names of all keys of the language, settings of models left out.
  static var keyNames: Set<String> {
    let parameters: Set<String> = [
      "guidance_scale", "strength", "enable_safety_checker", "cfg_scale",
    ]
    return names(of: .table(PipelineKeys.pipeline)).subtracting(parameters)
  }

  private static func names(of shape: Shape) -> Set<String> {
    switch shape {
    case .scalar, .oneOrMore: []
    case .list(let item, _, _): names(of: item)
    case .named(let value, _): names(of: value)
    case .short(_, let table), .table(let table): names(of: table)
    case .switched(_, let table, let otherwise): names(of: table).union(names(of: otherwise))
    }
  }

  private static func names(of table: KeyTable) -> Set<String> {
    table.keys.reduce(into: []) { names, rule in
      names.insert(rule.name)
      names.formUnion(self.names(of: rule.shape))
    }
  }
}
