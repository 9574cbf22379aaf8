import KeyreelCore

/// Where every clip comes from: enough to make it again, or to ask the provider about it.
struct ProvenanceSection {
  let page: ReportHTML

  func write(to html: inout HTMLText) {
    let films = page.document.films
    html.element("section", ["id": "provenance", "aria-labelledby": "provenance-title"]) { html in
      html.element("h2", ["id": "provenance-title"], text: "Provenance")
      html.element(
        "p", ["class": "hint"],
        text: "Each clip's name in the store is the digest of all that decides what it shows.")
      for film in films {
        if films.count > 1 { html.element("h3", text: film.name) }
        for segment in film.segments {
          for take in segment.takes { write(take, of: segment, to: &html) }
        }
        html.element("details") { html in
          html.element("summary", text: "Keyframes and cut list of \(film.name)")
          html.element("dl", ["class": "record"]) { html in
            row("Cut list", film.assembly.hex, &html)
            if let digest = film.video?.digest { row("Film", digest.hex, &html) }
            for keyframe in film.keyframes {
              row(
                "Keyframe \(keyframe.name)",
                [keyframe.source, keyframe.digest.hex].compactMap { $0 }.joined(separator: "\n"),
                &html)
            }
          }
        }
      }
    }
  }

  private func write(
    _ take: ReportDocument.Take, of segment: ReportDocument.Segment, to html: inout HTMLText
  ) {
    html.element("details") { html in
      html.element("summary") { html in
        html.text(segment.id + (segment.takes.count > 1 ? " take \(take.number) " : " "))
        StateMark(take.state).write(to: &html)
        html.text(" ")
        html.element(
          "code", ["class": "hint"], text: take.clip?.requestId ?? String(take.key.prefix(12)))
      }
      html.element("dl", ["class": "record"]) { html in
        row("Recipe key", take.key, &html)
        row("Model", segment.model, &html)
        if let clip = take.clip { write(clip, to: &html) }
        row("Why", take.reason, &html)
        row("Seed", take.seed.map { "\($0)" } ?? "the model has none", &html)
        row("First picture", segment.pictures.first ?? "", &html)
        row("Last picture", segment.pictures.last ?? "", &html)
        for parameter in segment.request { row(parameter.name, parameter.value, &html) }
      }
    }
  }

  private func write(_ clip: ReportDocument.Clip, to html: inout HTMLText) {
    row("Maker", clip.backend, &html)
    row("Request", clip.requestId ?? "none: made on this machine", &html)
    if let account = clip.account { row("Account", account, &html) }
    row("Clip", clip.digest.hex, &html)
    row(
      "Delivered",
      "\(Amounts.count(clip.frames, "frame")), \(clip.size), \(Amounts.bytes(clip.bytes))",
      &html)
    if let seed = clip.seed { row("Seed used", "\(seed)", &html) }
    if let units = clip.billedUnits { row("Units billed", units, &html) }
    if let attempt = clip.attempt { row("Attempt", "\(attempt)", &html) }
    if let time = clip.requested { row("Asked for", TimelineSection.day(time), &html) }
    if let time = clip.committed { row("In the store", TimelineSection.day(time), &html) }
  }

  private func row(_ name: String, _ value: String, _ html: inout HTMLText) {
    html.element("div") { html in
      html.element("dt", text: name)
      html.element("dd", ["dir": "auto"], text: value)
    }
  }
}
