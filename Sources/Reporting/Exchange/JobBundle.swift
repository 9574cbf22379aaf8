/// A run of many machines as an engine of Open Job Description takes it: a template and the values of
/// its parameters.
///
/// <https://github.com/OpenJobDescription/openjd-specifications/wiki/2023-09-Template-Schemas>. The folder
/// is a job bundle of AWS Deadline Cloud too:
/// <https://docs.aws.amazon.com/deadline-cloud/latest/developerguide/build-job-bundle.html>.
public struct JobBundle: Sendable {
  /// A parameter of the job.
  public struct Parameter: Sendable {
    /// What a value means.
    public enum Kind: Hashable, Sendable {
      case text
      /// From 1 to so many.
      case count(upTo: Int)
      /// A file that tasks read.
      case inputFile
      /// A folder that tasks read.
      case inputFolder
      /// A folder that tasks write to and whose new files are the job's result.
      case outputFolder
      /// A folder that is where every machine sees it; only its path is translated.
      case place
    }

    let name: String
    let kind: Kind
    let help: String
    let value: String
    /// Whether the template itself has the value; paths of a machine must not stand there.
    let isDefault: Bool

    /// The parameter `name` with `value`; files of the bundle itself are named from there.
    public init(_ name: String, _ kind: Kind, _ value: String, _ help: String) {
      self.name = name
      self.kind = kind
      self.value = value
      self.help = help
      isDefault = !value.hasPrefix("/")
    }
  }

  /// Words of a command; `{{Param.Name}}` in them stands for a parameter's value.
  public typealias Words = [String]

  /// What people call the job.
  public var name: String
  /// What it makes and costs.
  public var summary: String
  /// Its parameters.
  public var parameters: [Parameter]
  /// The program, `{{Param.Keyreel}}`.
  public var program: String
  /// Variables of all tasks.
  public var variables: [(name: String, value: String)]
  /// Makes the clips of one part.
  public var make: Words
  /// The parts, `1-{{Param.Shards}}`.
  public var parts: String
  /// Joins the films.
  public var join: Words
  /// Seconds that a task may take.
  public var timeout: Int
  /// Files that tasks read and no parameter names.
  public var inputs: [String]
  /// Folders that the paths of inputs are seen from.
  public var roots: [String]

  /// Seconds from the wish that a task should end to its being killed.
  ///
  /// A request that is on its way may take two minutes to be answered, and its ticket one more to be
  /// written; then nothing is lost.
  public static let notice = 300

  /// A job of these parts.
  public init(
    name: String, summary: String, parameters: [Parameter], program: String,
    variables: [(name: String, value: String)], make: Words, parts: String, join: Words,
    timeout: Int, inputs: [String], roots: [String]
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.program = program
    self.variables = variables
    self.make = make
    self.parts = parts
    self.join = join
    self.timeout = timeout
    self.inputs = inputs
    self.roots = roots
  }

  private static let remark = "Written by keyreel export openjd; see docs/openjd.md."

  /// The files of the bundle, by name.
  public var files: [(name: String, text: String)] {
    [
      ("template.yaml", template.document(Self.remark)),
      ("parameter_values.yaml", deadlineValues.document(Self.remark)),
      ("parameters.yaml", values.document("For openjd run -p file://parameters.yaml")),
      ("asset_references.yaml", assetReferences.document(Self.remark)),
    ]
  }

  private var template: YAMLText {
    .map([
      ("specificationVersion", .text("jobtemplate-2023-09")),
      // Two braces in a job's name refer to a parameter.
      (
        "name",
        .text(String(name.replacing("{", with: "(").replacing("}", with: ")").prefix(100)))
      ),
      ("description", .text(summary)),
      ("parameterDefinitions", .list(parameters.map(\.definition))),
      ("jobEnvironments", .list([environment])),
      (
        "steps",
        .list([
          .map([
            ("name", .text("Clips")),
            (
              "parameterSpace",
              .map([
                (
                  "taskParameterDefinitions",
                  .list([
                    .map([
                      ("name", .text("Shard")), ("type", .text("INT")), ("range", .text(parts)),
                    ])
                  ])
                )
              ])
            ),
            ("script", script(make)),
          ]),
          .map([
            ("name", .text("Film")),
            ("dependencies", .list([.map([("dependsOn", .text("Clips"))])])),
            ("script", script(join)),
          ]),
        ])
      ),
    ])
  }

  /// A machine without the program says so before it is given a task.
  private var environment: YAMLText {
    .map([
      ("name", .text("Keyreel")),
      ("description", .text("Copies of clips and records stay in the session's own folder.")),
      (
        "script",
        .map([
          (
            "actions",
            .map([
              (
                "onEnter",
                .map([
                  ("command", .text(program)), ("args", .list([.text("--version")])),
                  ("timeout", .whole(60)),
                ])
              )
            ])
          )
        ])
      ),
      ("variables", .map(variables.map { ($0.name, .text($0.value)) })),
    ])
  }

  private func script(_ words: Words) -> YAMLText {
    .map([
      (
        "actions",
        .map([
          (
            "onRun",
            .map([
              ("command", .text(program)), ("args", .list(words.map { .text($0) })),
              ("timeout", .whole(timeout)),
              (
                "cancelation",
                .map([
                  ("mode", .text("NOTIFY_THEN_TERMINATE")),
                  ("notifyPeriodInSeconds", .whole(Self.notice)),
                ])
              ),
            ])
          )
        ])
      )
    ])
  }

  /// As `deadline bundle submit` reads them.
  private var deadlineValues: YAMLText {
    let values = parameters.filter { !$0.isDefault }.map { parameter in
      YAMLText.map([("name", .text(parameter.name)), ("value", .text(parameter.value))])
    }
    return .map([("parameterValues", .list(values))])
  }

  /// As `openjd run` reads them.
  private var values: YAMLText {
    .map(parameters.filter { !$0.isDefault }.map { ($0.name, .text($0.value)) })
  }

  private var assetReferences: YAMLText {
    .map([
      (
        "assetReferences",
        .map([
          (
            "inputs",
            .map([
              ("filenames", .list(inputs.map { .text($0) })), ("directories", .list([])),
            ])
          ),
          ("outputs", .map([("directories", .list([]))])),
          ("referencedPaths", .list(roots.map { .text($0) })),
        ])
      )
    ])
  }
}

extension JobBundle.Parameter {
  fileprivate var definition: YAMLText {
    var members: [(key: String, value: YAMLText)] = [("name", .text(name))]
    switch kind {
    case .text: members.append(("type", .text("STRING")))
    case .count(let most):
      members += [
        ("type", .text("INT")), ("minValue", .whole(1)), ("maxValue", .whole(most)),
      ]
    case .inputFile: members += path("FILE", "IN")
    case .inputFolder: members += path("DIRECTORY", "IN")
    case .outputFolder: members += path("DIRECTORY", "OUT")
    case .place: members += path("DIRECTORY", "NONE")
    }
    members.append(("description", .text(help)))
    if isDefault {
      members.append(("default", kind.isCount ? .whole(Int(value) ?? 1) : .text(value)))
    }
    return .map(members)
  }

  private func path(_ type: String, _ flow: String) -> [(key: String, value: YAMLText)] {
    [
      ("type", .text("PATH")), ("objectType", .text(type)), ("dataFlow", .text(flow)),
    ]
  }
}

extension JobBundle.Parameter.Kind {
  fileprivate var isCount: Bool {
    if case .count = self { true } else { false }
  }
}
