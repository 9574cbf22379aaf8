import KeyreelCore

/// A clip in the strip: what it looks like, what it is told, what it costs, what has become of it.
struct SegmentCell {
  let page: ReportHTML
  /// The film's place in the document.
  let film: Int
  let segment: ReportDocument.Segment

  func write(to html: inout HTMLText) {
    html.element("figure", ["class": "clip", "id": "f\(film)-\(segment.id)"]) { html in
      frame(&html)
      html.element("figcaption") { html in
        html.element("b", text: segment.id)
        if let take = segment.chosen { StateMark(take.state).write(to: &html) }
        html.element("span", ["class": "hint"], text: facts)
        if let take = segment.chosen { price(take, &html) }
        if let prompt = segment.prompt, !prompt.isEmpty {
          html.element("p", ["class": "prompt", "dir": "auto"], text: prompt)
        }
        if let failure = segment.chosen?.failure { tell(failure, &html) }
        if segment.takes.count > 1 { takes(&html) }
      }
    }
  }

  private func frame(_ html: inout HTMLText) {
    // A player lies over the whole frame and has a picture of its own.
    let names = ownVideo == nil ? segment.chosen?.stills ?? [] : []
    let stills = names.compactMap { page.media.address(of: $0) }
    html.element("div", ["class": stills.isEmpty && ownVideo == nil ? "frame empty" : "frame"]) {
      html in
      for (number, address) in stills.enumerated() {
        html.void(
          "img",
          [
            "src": address, "loading": "lazy",
            "alt": number == 0 ? "The clip \(segment.id), from its beginning to its end" : "",
          ])
      }
      if stills.isEmpty, ownVideo == nil, let take = segment.chosen {
        html.element("span", ["class": "blank"]) { html in
          html.element("span", ["class": "big"], text: page.money(take.price.expected))
          html.text("\(StateMark(take.state).words), \(length)")
        }
      }
      play(&html)
    }
  }

  /// A way to the clip in the film, or the clip itself where there is no film yet.
  private func play(_ html: inout HTMLText) {
    if isInFilm {
      html.element(
        "a",
        [
          "class": "play", "href": "#player-\(film)", "data-from": "\(segment.filmFrame)",
          "data-frames": "\(segment.frames)", "data-rate": segment.frameRate.description,
          "aria-label": "Play \(segment.id) in the film",
        ]
      ) { $0.element("span", ["aria-hidden": "true"], text: "▶") }
    } else if let video = ownVideo {
      write(video, "The clip \(segment.id)", &html)
    }
  }

  /// Whether the page plays the film that the clip is in.
  private var isInFilm: Bool {
    page.document.films[film].video?.media.map { page.media.contains($0) } ?? false
  }

  /// The clip's own video, where there is no film to play it in.
  private var ownVideo: ReportDocument.Video? {
    guard !isInFilm, let video = segment.chosen?.video, let name = video.media,
      page.media.contains(name)
    else { return nil }
    return video
  }

  private func write(
    _ video: ReportDocument.Video, _ label: String, _ html: inout HTMLText
  ) {
    html.element(
      "video",
      [
        "src": video.media.flatMap { page.media.address(of: $0) },
        "poster": video.poster.flatMap { page.media.address(of: $0) }, "controls": "",
        "preload": "metadata", "playsinline": "", "aria-label": label,
      ]
    ) { _ in }
  }

  private var length: String {
    Amounts.elapsed(segment.frameRate.duration(of: segment.frames))
  }

  private var facts: String {
    var parts = [segment.time, "\(length), \(Amounts.count(segment.frames, "frame"))"]
    if let take = segment.chosen {
      if let seed = take.clip?.seed ?? take.seed { parts.append("seed \(seed)") }
      parts.append(
        segment.takes.count > 1 ? "take \(take.number) of \(segment.takes.count)" : "take 1")
    }
    return parts.joined(separator: " · ")
  }

  private func price(_ take: ReportDocument.Take, _ html: inout HTMLText) {
    var text = page.money((take.cost ?? take.price).expected)
    if take.billed != nil {
      text += " billed"
    } else if take.cost == nil, take.price.upperBound != take.price.expected {
      text += ", at most \(page.money(take.price.upperBound))"
    }
    html.element("span", ["class": "price"], text: text)
  }

  private func tell(_ failure: FailureRecord, _ html: inout HTMLText) {
    html.element("p", ["class": "error"]) { html in
      html.text(failure.message)
      if let remedy = failure.remedy { html.text(" – \(remedy)") }
    }
  }

  private func takes(_ html: inout HTMLText) {
    html.element("ul", ["class": "takes", "aria-label": "Takes of \(segment.id)"]) { html in
      for take in segment.takes {
        html.element("li") { html in
          if !take.isChosen, let video = take.video, let name = video.media,
            page.media.contains(name)
          {
            write(video, "Take \(take.number) of \(segment.id)", &html)
          }
          html.text("take \(take.number)" + (take.isChosen ? ", in the film" : ""))
          if let seed = take.clip?.seed ?? take.seed { html.text(" · seed \(seed)") }
          html.text(" · ")
          StateMark(take.state).write(to: &html)
          html.text(" \(page.money((take.cost ?? take.price).expected))")
        }
      }
    }
  }
}

/// What has become of a clip, in words; colour only helps.
struct StateMark {
  let state: ReportDocument.State

  init(_ state: ReportDocument.State) { self.state = state }

  var words: String {
    switch state {
    case .made: "made"
    case .reused: "in the store"
    case .toMake: "to make"
    case .shared: "shared"
    case .reserved: "bought, to collect"
    case .unknown: "unknown"
    case .failed: "failed"
    case .skipped: "not tried"
    }
  }

  func write(to html: inout HTMLText) {
    html.element("span", ["class": "state \(state.rawValue)"], text: words)
  }
}
