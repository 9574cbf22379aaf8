"""What every page must keep, whatever it shows: names, contrast, ids, no sideways scrolling."""

import json

#: Text and its ground, with everything half-transparent laid over one another.
CONTRAST = """(() => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 1;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const over = (colours) => {
    pen.clearRect(0, 0, 1, 1);
    for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const root = getComputedStyle(document.body).backgroundColor;
  const found = [];
  const judge = (element, colour, text) => {
    const grounds = [];
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (Number(style.opacity) < 1) return;  // Off: such texts are exempt.
      grounds.unshift(style.backgroundColor);
    }
    const ground = over([root, ...grounds]);
    const ink = over([root, ...grounds, colour]);
    const [a, b] = [light(ground), light(ink)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} "${text.trim().slice(0, 40)}" ${ink} on ${ground}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent;
    if (!text.trim() || !element.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true })) continue;
    if (element.closest('.sr, .skip, noscript, option')) continue;
    judge(element, getComputedStyle(element).color, text);
  }
  for (const input of document.querySelectorAll('input, textarea')) {
    if (!input.checkVisibility()) continue;
    if (input.placeholder) judge(input, getComputedStyle(input, '::placeholder').color, input.placeholder);
    if (input.value) judge(input, getComputedStyle(input).color, input.value);
  }
  return found;
})()"""

STRUCTURE = """(() => {
  const found = [];
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) found.push(`two elements are #${id}`);
  for (const e of document.querySelectorAll('[aria-describedby], [aria-labelledby], [aria-controls], label[for]'))
    for (const name of ['aria-describedby', 'aria-labelledby', 'aria-controls', 'for'])
      for (const id of (e.getAttribute(name) ?? '').split(' ').filter(Boolean))
        if (!document.getElementById(id)) found.push(`${name} names no element: ${id}`);
  for (const image of document.images)
    if (!image.hasAttribute('alt')) found.push(`a picture has no alt: ${image.src.slice(0, 60)}`);
  if (!document.documentElement.lang) found.push('the page has no language');
  if (document.querySelectorAll('main').length !== 1) found.push('there is not one main');
  if (document.querySelectorAll('h1').length !== 1) found.push('there is not one h1');
  for (const e of document.querySelectorAll('[tabindex]')) if (e.tabIndex > 0) found.push('a positive tabindex');
  return found;
})()"""

SIDEWAYS = """(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > width + 1)
    .slice(0, 5).map((e) => `${e.tagName}#${e.id}.${e.className} reaches ${Math.round(e.getBoundingClientRect().right)} of ${width}`);
})()"""

#: Everything that is pressed on a phone has room for a finger (WCAG 2.2, target size).
SMALL = """[...document.querySelectorAll('button, a, select, summary, input:not([type=radio]):not([type=file]), .segments label')]
  .filter((e) => e.checkVisibility() && !e.closest('.skip') && !e.matches('.skip'))
  .map((e) => [e, e.getBoundingClientRect()]).filter(([, b]) => b.width && (b.width < 24 || b.height < 24))
  .map(([e, b]) => `${e.tagName}#${e.id} is ${Math.round(b.width)} × ${Math.round(b.height)}`)"""

NAMED = {
    "button", "link", "textbox", "spinbutton", "slider", "combobox", "radio", "switch", "checkbox",
    "tab", "tabpanel", "image", "dialog", "progressbar", "group", "radiogroup", "region", "form",
}


def everything(browser, where):
    """Raises with all that is wrong with the page as it stands."""
    found = browser.run(STRUCTURE) + browser.run(CONTRAST) + browser.run(SIDEWAYS)
    for node in browser.call("Accessibility.getFullAXTree")["nodes"]:
        role = node.get("role", {}).get("value")
        if node.get("ignored") or role not in NAMED or role == "group" and not own(browser, node):
            continue
        if not str(node.get("name", {}).get("value", "")).strip():
            found.append(f"a {role} has no name: {own(browser, node)}")
    assert not found, f"{where}:\n  " + "\n  ".join(found)


def own(browser, node):
    """The element of a node in our own page; empty for parts that the browser makes."""
    try:
        described = browser.call("DOM.describeNode", backendNodeId=node["backendDOMNodeId"])["node"]
    except Exception:
        return ""
    if described["nodeName"] == "DETAILS":
        return ""
    return described["nodeName"] + json.dumps(described.get("attributes", []))
