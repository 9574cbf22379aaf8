extension Explanation {
  /// Codes of the page's part “Names and values”.
  static let names: [Explanation] = [
    .init(
      "KR0060", "A key or value is of version 1, but what is behind it is not built yet.",
      "Delete it for now."),
    .init(
      "KR0061", "There is no such keyframe.",
      "Define it under `keyframes:`; a path has a `/` or a `.`."),
    .init(
      "KR0062", "A name is taken twice.",
      "Choose another one."),
    .init(
      "KR0063", "There is no such variable.",
      "Define it under `vars:`; `$$(` stands for the characters."),
    .init(
      "KR0064", "A `$(` is never closed.",
      "Close it with `)`."),
    .init(
      "KR0065", "What a variable makes of a value does not fit.",
      "Change the variable."),
    .init(
      "KR0066",
      "Nothing uses a variable; if variants give it values, they make one film several times. (warning)",
      "Use or delete it, or correct its name."),
    .init(
      "KR0067", "There is no such backend.",
      "Use `animatic`, `fal`, or define it under `backends:`."),
    .init(
      "KR0068", "The take that is picked is not made.",
      "Raise `takes`, or pick another one."),
    .init(
      "KR0069", "`out` is not later than `in`.",
      "Both are counted from the beginning of the file."),
    .init(
      "KR0070", "A loop has only one keyframe.",
      "Add one, or use `hold`."),
    .init(
      "KR0071", "A path is absolute, leaves the project, or names a folder.",
      "Move the file into the project, or give `--allow-outside`."),
    .init(
      "KR0072", "An address is of this machine or of a private network.",
      "Download the still and name it with `image:`."),
    .init(
      "KR0073", "The variants make too many films.",
      "Shorten a list."),
    .init(
      "KR0074", "No sequence uses a keyframe. (warning)",
      "Use or delete it."),
    .init(
      "KR0075", "The prompt is written at the top and in `defaults`.",
      "Keep one of them."),
    .init(
      "KR0076", "The last keyframe has a `next`, but nothing follows.",
      "Delete it, or set `loop: true`."),
    .init(
      "KR0077", "The first sequence has a `join`.",
      "`film.fade_in` fades the film in."),
    .init(
      "KR0078", "An option is for backends of another kind.",
      "Delete it."),
    .init(
      "KR0079", "An output does not end with `.mp4`.",
      "Name an mp4 file."),
    .init(
      "KR0080", "A setting is probably a misspelt key. (warning)",
      "Use the key that is suggested."),
    .init(
      "KR0081", "A server would be spoken to over plain http.",
      "Use https."),
    .init(
      "KR0082", "A rate is out of 1 to 1000 frames per second.",
      "Write the exact fraction."),
  ]
}
