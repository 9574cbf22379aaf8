import KeyreelCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One film: its player, and its strip of keyframes and clips.
struct FilmSection {
  let page: ReportHTML
  let index: Int

  private var film: ReportDocument.Film { page.document.films[index] }

  func write(to html: inout HTMLText) {
    html.element(
      "section", ["class": "film", "id": "film-\(index)", "aria-labelledby": "film-title-\(index)"]
    ) { html in
      html.element(
        "h2", ["id": "film-title-\(index)"],
        text: page.document.films.count == 1 ? "The film" : film.name)
      if page.document.films.count > 1 {
        html.element(
          "p", ["class": "hint"],
          text:
            "\(film.duration), \(Amounts.count(film.frames, "frame")), still to pay "
            + page.money(film.toPay.expected))
      }
      player(&html)
      html.element("ol", ["class": "strip"]) { html in
        for step in FilmStrip(film).steps { write(step, to: &html) }
      }
      if !film.remarks.isEmpty {
        html.element("ul", ["class": "remarks hint"]) { html in
          for remark in film.remarks { html.element("li", text: remark) }
        }
      }
    }
  }

  private func player(_ html: inout HTMLText) {
    guard let video = film.video else { return }
    if let name = video.media, let address = page.media.address(of: name) {
      html.element("div", ["class": "screen"]) { html in
        html.element(
          "video",
          [
            "id": "player-\(index)", "src": address,
            "poster": video.poster.flatMap { page.media.address(of: $0) }, "controls": "",
            "preload": "metadata", "playsinline": "",
            "aria-label": "The film \(film.name)",
          ]
        ) { html in
          for (row, captions) in (film.captions ?? []).enumerated() {
            track(captions, isFirst: row == 0, &html)
          }
        }
      }
    }
    html.element("p", ["class": "hint"]) { html in
      if let link = video.link {
        html.element("a", ["href": link], text: link)
        html.text(", ")
      }
      html.text(Amounts.bytes(video.bytes))
      if let remark = video.remark { html.text(": \(remark)") }
    }
  }

  private func track(
    _ captions: ReportDocument.Captions, isFirst: Bool, _ html: inout HTMLText
  ) {
    let isKnown = captions.language != LanguageCode.undetermined
    let text = Data(captions.text.utf8).base64EncodedString()
    html.void(
      "track",
      [
        "kind": "captions", "label": isKnown ? captions.language : "captions",
        "srclang": isKnown ? captions.language : nil, "default": isFirst ? "" : nil,
        "src": "data:text/vtt;base64,\(text)",
      ])
  }

  // MARK: The strip

  private func write(_ step: FilmStrip.Step, to html: inout HTMLText) {
    html.element("li", ["class": step.isWhole ? "step" : "step lone"]) { html in
      if let keyframe = step.keyframe { write(keyframe, to: &html) }
      switch step.content {
      case .segment(let segment):
        SegmentCell(page: page, film: index, segment: segment).write(to: &html)
      case .insert(let insert): write(insert, to: &html)
      case nil: break
      }
    }
  }

  private func write(_ keyframe: ReportDocument.Keyframe, to html: inout HTMLText) {
    html.element("figure", ["class": "keyframe"]) { html in
      html.element("div", ["class": "frame"]) { html in
        if let picture = keyframe.picture, let address = page.media.address(of: picture) {
          html.void(
            "img",
            ["src": address, "alt": "Keyframe \(keyframe.name)", "loading": "lazy"])
        } else {
          html.element("span", ["class": "blank"], text: "no picture")
        }
      }
      html.element("figcaption") { html in
        html.element("b", text: keyframe.name)
        html.element("span", ["class": "hint"], text: keyframe.time)
      }
    }
  }

  private func write(_ insert: ReportDocument.Insert, to html: inout HTMLText) {
    html.element("figure", ["class": "clip"]) { html in
      html.element("div", ["class": "frame"]) { html in
        if let picture = insert.picture, let address = page.media.address(of: picture) {
          html.void("img", ["src": address, "alt": "\(insert.kind) \(insert.source)"])
        } else {
          html.element("span", ["class": "blank"], text: insert.source)
        }
      }
      html.element("figcaption") { html in
        html.element("b", text: insert.label)
        html.element(
          "span", ["class": "hint"],
          text: "\(insert.kind), \(Amounts.count(insert.frames, "frame")), \(insert.time)")
      }
    }
  }
}

/// A film as pairs of a keyframe and what follows it, in the order in which one sees them.
struct FilmStrip {
  struct Step {
    var keyframe: ReportDocument.Keyframe?
    var content: Content?

    /// Whether something follows the keyframe.
    var isWhole: Bool { content != nil }
  }

  enum Content {
    case segment(ReportDocument.Segment)
    case insert(ReportDocument.Insert)

    var filmFrame: Int {
      switch self {
      case .segment(let segment): segment.filmFrame
      case .insert(let insert): insert.filmFrame
      }
    }
  }

  private(set) var steps: [Step] = []

  init(_ film: ReportDocument.Film) {
    let contents =
      (film.segments.map(Content.segment) + film.inserts.map(Content.insert))
      .sorted { $0.filmFrame < $1.filmFrame }
    var next = contents.startIndex
    for keyframe in film.keyframes.sorted(by: { $0.filmFrame < $1.filmFrame }) {
      while next < contents.endIndex, contents[next].filmFrame < keyframe.filmFrame {
        add(contents[next])
        next += 1
      }
      steps.append(Step(keyframe: keyframe))
    }
    for content in contents[next...] { add(content) }
  }

  /// A clip that starts where no keyframe stands, on the end of another clip, stands alone.
  private mutating func add(_ content: Content) {
    if let last = steps.indices.last, !steps[last].isWhole {
      steps[last].content = content
    } else {
      steps.append(Step(content: content))
    }
  }
}
