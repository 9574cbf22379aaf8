extension Explanation {
  /// Codes of the page's part “Files and backends”.
  static let files: [Explanation] = [
    .init(
      "KR0400", "Nothing is known of a file.",
      "Load and plan in one command."),
    .init(
      "KR0401", "A file does not exist.",
      "Check the path."),
    .init(
      "KR0402", "A file is of another kind than wanted.",
      "Name a still, a video or sound."),
    .init(
      "KR0403", "A file may not be read.",
      "Change its rights."),
    .init(
      "KR0404", "A file, after following links, is outside of the project.",
      "Move it, or give `--allow-outside`."),
    .init(
      "KR0405", "A file is empty.",
      "Replace it."),
    .init(
      "KR0406", "A file is cut short.",
      "Copy it again."),
    .init(
      "KR0407", "A file is damaged.",
      "Replace it."),
    .init(
      "KR0408", "A still moves.",
      "Name it as `video:` with `at:`."),
    .init(
      "KR0409", "A picture has an impossible size.",
      "Use one of a sound size."),
    .init(
      "KR0410", "A file has a form that is not supported.",
      "Convert it."),
    .init(
      "KR0411", "A file could not be read.",
      "Look at what the message names."),
    .init(
      "KR0412", "A still on the web is not pinned by its digest.",
      "Run `keyreel fetch --pin`."),
    .init(
      "KR0413", "A still on the web is not fetched yet.",
      "Run `keyreel fetch`."),
    .init(
      "KR0414", "The fetched copy of a still was changed.",
      "Run `keyreel fetch` again."),
    .init(
      "KR0415", "A video has no such frame.",
      "Correct `at`."),
    .init(
      "KR0416", "A file of captions cannot be read.",
      "Save it as SubRip (.srt) in UTF-8; the message names the line."),
    .init(
      "KR0420", "A still has a shape far from the canvas. (warning)",
      "Choose what a crop keeps with `focus`, or use `fit: blur`."),
    .init(
      "KR0421", "A still is much smaller than the canvas. (warning)",
      "Use a larger picture."),
    .init(
      "KR0422", "A still has an alpha channel, which models do not see. (warning)",
      "Flatten it."),
    .init(
      "KR0423", "Neighbours are nearly the same, so the clip between them stands still. (warning)",
      "Use `hold`, which costs nothing."),
    .init(
      "KR0424", "A clip has sound, and the film has none of its own. (warning)",
      "Write `own_sound: keep` or `own_sound: drop`, or name what is heard with `film.audio`."),
    .init(
      "KR0425", "Captions have formatting, which is left out. (warning)",
      "Delete the tags."),
    .init(
      "KR0501", "An output lies in the store.",
      "Write films to `films/`."),
    .init(
      "KR0502", "An output leads through a link out of the project root.",
      "Write films inside the project, or use `--allow-outside`."),
    .init(
      "KR0503", "The file is a saved plan, not a pipeline.",
      "Name the pipeline that the plan was made from; `keyreel run` and `keyreel diff` take the plan itself."
    ),
    .init(
      "KR0504", "The file is a lock file, not a pipeline.",
      "Name the pipeline beside it."),
  ]
}
