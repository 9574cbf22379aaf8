import KeyreelCore

/// How the pieces of each film meet, and what was measured there.
struct JoinSection {
  let page: ReportHTML

  func write(to html: inout HTMLText) {
    let films = page.document.films.filter { !$0.joins.isEmpty }
    guard !films.isEmpty else { return }
    html.element("section", ["id": "joins", "aria-labelledby": "joins-title"]) { html in
      html.element("h2", ["id": "joins-title"], text: "Joins")
      for film in films {
        if page.document.films.count > 1 { html.element("h3", text: film.name) }
        html.element("table", ["class": "facts"]) { html in
          html.element("caption", ["class": "sr"], text: "The joins of \(film.name)")
          html.element("thead") { html in
            html.element("tr") { html in
              for name in ["At", "Between", "What is done", "Measured"] {
                html.element("th", ["scope": "col"], text: name)
              }
            }
          }
          html.element("tbody") { html in for join in film.joins { write(join, to: &html) } }
        }
      }
    }
  }

  private func write(_ join: ReportDocument.Join, to html: inout HTMLText) {
    html.element("tr") { html in
      html.element("td", ["data-label": "At"]) { html in
        html.element("span", ["class": "number"], text: join.time)
        html.element("span", ["class": "hint"], text: "frame \(join.filmFrame)")
      }
      html.element("th", ["scope": "row", "data-label": "Between"]) { html in
        html.text("\(join.left) → \(join.right)")
      }
      html.element("td", ["data-label": "What is done"], text: join.treatment)
      html.element("td", ["data-label": "Measured"]) { measured(join, &$0) }
    }
  }

  private func measured(_ join: ReportDocument.Join, _ html: inout HTMLText) {
    guard let verdict = join.verdict else {
      html.element("span", ["class": "hint"], text: "not measured")
      return
    }
    html.element(
      "span", ["class": verdict.isClean ? "state made" : "state failed"],
      text: verdict.isClean ? "clean" : "look here")
    html.text(" " + verdict.summary)
    if !verdict.figures.isEmpty {
      html.element("dl", ["class": "figures"]) { html in
        for figure in verdict.figures {
          html.element("div") { html in
            html.element("dt", text: figure.name)
            html.element("dd", text: figure.value)
          }
        }
      }
    }
    if let strip = verdict.strip, let address = page.media.address(of: strip) {
      html.void(
        "img",
        [
          "class": "joint", "src": address, "loading": "lazy",
          "alt": "Frames around the join of \(join.left) and \(join.right)",
        ])
    }
  }
}
