import KeyreelCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A report as one HTML file that needs nothing beside itself.
///
/// Pictures and videos are `data:` addresses; a Content-Security-Policy forbids everything else. Only
/// playing a part of a film needs the page's script.
public struct ReportHTML: Sendable {
  /// Whether the page stays as it is.
  public enum Liveness: Hashable, Sendable {
    /// A file that somebody keeps.
    case still
    /// A page of `keyreel watch`, which is fetched again when its server says so.
    case live
  }

  let document: ReportDocument
  let media: ReportMedia
  let liveness: Liveness

  /// A page that tells `document` with the pictures of `media`.
  public init(_ document: ReportDocument, media: ReportMedia, _ liveness: Liveness = .still) {
    self.document = document
    self.media = media
    self.liveness = liveness
  }

  /// The page, UTF-8.
  public var bytes: [UInt8] {
    let segments = document.films.reduce(0) { $0 + $1.segments.count }
    var html = HTMLText(capacity: (1 << 17) + segments * (1 << 13))
    html.raw("<!doctype html>\n".utf8)
    html.element("html", ["lang": "en"]) { html in
      html.element("head") { Self.head(&$0, titled: title, by: document.tool, liveness) }
      html.element("body") { body(&$0) }
    }
    html.raw("\n".utf8)
    return html.bytes
  }

  /// A live page that waits for the first film of the pipeline `file`.
  public static func waiting(for file: String) -> [UInt8] {
    var html = HTMLText()
    html.raw("<!doctype html>\n".utf8)
    html.element("html", ["lang": "en"]) { html in
      html.element("head") { head(&$0, titled: file, by: nil, .live) }
      html.element("body") { html in
        html.element("main", ["id": "main"]) { html in
          html.element("h1", text: file)
          html.element("p", ["class": "lead"], text: "The first preview is being made.")
        }
      }
    }
    return html.bytes
  }

  /// What the page is called.
  var title: String {
    document.films.count == 1 ? document.films[0].name : document.pipeline
  }

  private static func head(
    _ html: inout HTMLText, titled title: String, by tool: String?, _ liveness: Liveness
  ) {
    html.void("meta", ["charset": "utf-8"])
    html.void("meta", ["http-equiv": "Content-Security-Policy", "content": policy(liveness)])
    html.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    html.void("meta", ["name": "color-scheme", "content": "light dark"])
    html.void("meta", ["name": "referrer", "content": "no-referrer"])
    if let tool { html.void("meta", ["name": "generator", "content": "Keyreel \(tool)"]) }
    html.element("title", text: "\(title) · Keyreel")
    // Without an icon of its own the page would ask its server for one.
    html.void("link", ["rel": "icon", "href": "data:,"])
    html.element("style") { $0.raw(PackageResources.report_css) }
    // Nothing waits for the script: the page is whole without it.
    html.element("script", ["type": "module"]) { $0.raw(PackageResources.report_js) }
    if liveness == .live {
      html.element("script", ["type": "module"]) { $0.raw(PackageResources.live_js) }
    }
  }

  /// Lets nothing in but what stands in the page: its own style and script, told by their digests.
  private static func policy(_ liveness: Liveness) -> String {
    var scripts = [PackageResources.report_js]
    if liveness == .live { scripts.append(PackageResources.live_js) }
    var rules = [
      "default-src 'none'", "img-src data:",
      liveness == .live ? "media-src data: 'self'" : "media-src data:",
      "style-src \(source(PackageResources.report_css))",
      "script-src \(scripts.map(source).joined(separator: " "))",
      "base-uri 'none'", "form-action 'none'",
    ]
    if liveness == .live { rules += ["connect-src 'self'"] }
    return rules.joined(separator: "; ")
  }

  private static func source(_ bytes: [UInt8]) -> String {
    "'sha256-\(Data(Digest.of(bytes).bytes).base64EncodedString())'"
  }

  private func body(_ html: inout HTMLText) {
    html.element("a", ["class": "skip", "href": "#main"], text: "Skip to the report")
    html.element("header", ["class": "masthead"]) { html in
      html.element("p", ["class": "brand"]) { html in
        html.element("span", ["class": "mark", "aria-hidden": "true"]) { _ in }
        html.text("Keyreel ")
        html.element("span", text: document.runs.isEmpty ? "storyboard" : "report")
      }
      html.element("nav", ["aria-label": "Parts of the report"]) { contents(&$0) }
    }
    html.element("main", ["id": "main", "tabindex": "-1"]) { html in
      opening(&html)
      warnings(&html)
      for index in document.films.indices { FilmSection(page: self, index: index).write(to: &html) }
      TimelineSection(page: self).write(to: &html)
      JoinSection(page: self).write(to: &html)
      ProvenanceSection(page: self).write(to: &html)
    }
    html.element("footer") { html in
      html.text("Made by Keyreel \(document.tool) from ")
      html.element("code", text: document.pipeline)
      html.text(", SHA-256 ")
      html.element("code", text: document.pipelineDigest.hex)
    }
  }

  private func contents(_ html: inout HTMLText) {
    var parts = document.films.indices.map { index in
      ("#film-\(index)", document.films.count == 1 ? "Film" : document.films[index].name)
    }
    if !document.runs.isEmpty { parts.append(("#timeline", "Timeline")) }
    if document.films.contains(where: { !$0.joins.isEmpty }) { parts.append(("#joins", "Joins")) }
    parts.append(("#provenance", "Provenance"))
    for (place, name) in parts { html.element("a", ["href": place], text: name) }
  }

  // MARK: What comes first

  private func opening(_ html: inout HTMLText) {
    html.element("section", ["class": "opening", "aria-labelledby": "title"]) { html in
      html.element("div") { html in
        html.element("h1", ["id": "title"], text: title)
        html.element("p", ["class": "lead"], text: lead)
        html.element("p", ["class": "hint"]) { html in
          html.element("code", text: document.pipeline)
          html.text(" · clips by ")
          html.element("code", text: document.backend)
        }
      }
      MoneyCard(page: self).write(to: &html)
    }
  }

  /// How long the film is, and how many of its clips are made.
  private var lead: String {
    let takes = document.films.flatMap(\.segments).flatMap(\.takes)
    let ready = takes.count { [.made, .reused].contains($0.state) }
    let clips =
      takes.isEmpty
      ? "No clips have to be made."
      : ready == takes.count
        ? "All \(Amounts.count(takes.count, "clip")) are made."
        : "\(ready) of \(Amounts.count(takes.count, "clip")) are made."
    guard document.films.count == 1 else {
      return "\(document.films.count) films. " + clips
    }
    let film = document.films[0]
    return
      "\(film.duration), \(Amounts.count(film.frames, "frame")) at \(film.frameRate) a second, "
      + "\(film.size.replacing("x", with: " × ")). " + clips
  }

  private func warnings(_ html: inout HTMLText) {
    guard !document.warnings.isEmpty else { return }
    html.element("section", ["class": "warnings", "aria-labelledby": "warnings-title"]) { html in
      html.element(
        "h2", ["id": "warnings-title"], text: Amounts.count(document.warnings.count, "warning"))
      html.element("ul") { html in
        for warning in document.warnings {
          html.element("li") { html in
            html.text(warning.message)
            if let remedy = warning.remedy {
              html.text(" ")
              html.element("span", ["class": "hint"], text: "– \(remedy)")
            }
            html.text(" ")
            html.element(
              "code", ["class": "hint"],
              text: [warning.code, warning.place].compactMap { $0 }.joined(separator: " "))
          }
        }
      }
    }
  }

  /// An amount as people read it.
  func money(_ amount: KeyreelCore.Money) -> String { Amounts.money(amount, document.currency) }
}
