extension Explanation {
  /// Codes of the page's part “The plan”.
  static let plan: [Explanation] = [
    .init(
      "KR0300", "There is no such model profile.",
      "`keyreel models` lists them."),
    .init(
      "KR0301", "The model has no such setting.",
      "The message names those it has."),
    .init(
      "KR0302", "A parameter has the wrong type.",
      "Write what the profile wants."),
    .init(
      "KR0303", "A parameter is out of its range.",
      "Choose a value of the range."),
    .init(
      "KR0304", "A parameter is not one of its options.",
      "Use one of those named."),
    .init(
      "KR0305", "A text is longer than the model takes, styles included.",
      "Shorten it."),
    .init(
      "KR0306", "A segment has no prompt.",
      "Add `prompt:` at the top, to the sequence or to `next`."),
    .init(
      "KR0307", "A parameter that the model needs is missing.",
      "Add it."),
    .init(
      "KR0308", "The profile knows no picture size for these settings.",
      "Choose a resolution and shape that it knows."),
    .init(
      "KR0309", "The profile does not say how many frames a second has.",
      "Mend the profile."),
    .init(
      "KR0310", "A segment has a duration and a number of frames.",
      "Leave out one of them."),
    .init(
      "KR0311", "A length is outside of what the model makes.",
      "Choose a length of the range."),
    .init(
      "KR0312", "Absolute times do not rise, or the first one is not 0.",
      "Correct `at`; use `hold` to stay on the first keyframe."),
    .init(
      "KR0313", "A length is given by `at` already.",
      "Leave out one of them."),
    .init(
      "KR0315", "The takes do not fit the model or one another.",
      "Correct `takes` or `pick`."),
    .init(
      "KR0316", "Two segments have one id.",
      "Give each an id of its own."),
    .init(
      "KR0317", "Two sequences have one name.",
      "Give each a name of its own."),
    .init(
      "KR0319", "A sequence is too short.",
      "Two keyframes, or one with a `hold`."),
    .init(
      "KR0320", "There is no such keyframe.",
      "Define it under `keyframes:`."),
    .init(
      "KR0321", "A `next` has no effect.",
      "Leave it out, or set `loop: true`."),
    .init(
      "KR0322", "A crossfade is longer than what it joins, or joins nothing.",
      "Shorten or delete it."),
    .init(
      "KR0323", "`in` or `out` is behind the end of the clip.",
      "Correct it."),
    .init(
      "KR0324", "Fades are longer than the film or its music.",
      "Shorten them."),
    .init(
      "KR0325", "Outputs do not fit one another.",
      "Give each film a file of its own."),
    .init(
      "KR0326", "A film of this size or rate cannot be made.",
      "Choose another one."),
    .init(
      "KR0327", "The music ends before its start.",
      "Correct `start`."),
    .init(
      "KR0328", "Models are priced in different currencies.",
      "Use models of one currency."),
    .init(
      "KR0329", "The budget has another currency than the prices.",
      "Write it in theirs."),
    .init(
      "KR0330", "The price of a model is not known. (warning)",
      "Add a profile with its price."),
    .init(
      "KR0331", "A film would be written over a file that it is made from.",
      "Write it to another file."),
    .init(
      "KR0332", "A loudness or an own sound is asked for where nothing is heard.",
      "Name a sound file, or delete it."),
    .init(
      "KR0333", "A poster is behind the end of the film.",
      "Choose an earlier time."),
    .init(
      "KR0334", "Captions are asked for, and there are none.",
      "Write them under `film.captions`, or delete what asks for them."),
    .init(
      "KR0335", "Two captions of one language would be seen at the same time.",
      "Let one end before the other, or make one of both."),
    .init(
      "KR0336", "A caption or title would be seen beyond the end of the film.",
      "Let it end earlier."),
    .init(
      "KR0337", "A caption or title is shorter than a frame.",
      "Give it a longer `duration`."),
    .init(
      "KR0338", "The captions that an output names are not there, or would lie over one another.",
      "Choose one of the languages that the message names."),
  ]
}
