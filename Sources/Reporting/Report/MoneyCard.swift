import KeyreelCore

/// What a film costs, told so that somebody can decide.
struct MoneyCard {
  let page: ReportHTML

  private var money: ReportDocument.Money { page.document.money }

  func write(to html: inout HTMLText) {
    html.element("div", ["class": "money"]) { html in
      html.element("h2", ["class": "hint"], text: question)
      html.element("p", ["class": "big"], text: page.money(answer.expected))
      html.element("p", ["class": "hint"], text: remark)
      html.element("dl") { html in
        for (name, amount, note) in rows {
          html.element("div", ["class": note == nil ? nil : "alarm"]) { html in
            html.element("dt", text: name)
            html.element("dd", text: text(amount))
          }
        }
      }
    }
  }

  /// A paid film costs what is still to pay; a preview tells what the real one would cost.
  private var answer: ReportDocument.Amount {
    page.document.maker == .animatic ? money.listPrice : money.toPay
  }

  private var question: String {
    switch page.document.maker {
    case .animatic: "The same film at list price"
    case .rehearsal: "Still to rehearse, at list price"
    case .paid: money.toPay.isZero ? "Nothing left to pay" : "Still to pay"
    }
  }

  private var remark: String {
    var parts: [String] = []
    if answer.upperBound != answer.expected {
      parts.append("at most \(page.money(answer.upperBound))")
    }
    parts.append("prices as of \(page.document.pricesAsOf)")
    switch page.document.maker {
    case .animatic: parts.append("these clips are free previews, made on this machine")
    case .rehearsal: parts.append("a rehearsal: nothing is paid")
    case .paid: break
    }
    return parts.joined(separator: "; ")
  }

  /// Name, amount, and why it has to be seen.
  private var rows: [(String, ReportDocument.Amount, String?)] {
    guard page.document.maker != .animatic else { return [] }
    return [
      ("Planned", money.planned, nil), ("Spent", money.spent, nil),
      ("Reserved", money.reserved, nil), ("Saved by reuse", money.saved, nil),
      ("Unknown", money.unknown, money.unknown.isZero ? nil : "may have been billed"),
    ]
  }

  private func text(_ amount: ReportDocument.Amount) -> String {
    amount.expected == amount.upperBound
      ? page.money(amount.expected)
      : "\(page.money(amount.expected)) – \(page.money(amount.upperBound))"
  }
}
