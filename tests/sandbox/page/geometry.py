"""What is wrong with how a page is laid out, by geometry: words that are covered, cut off or out of the window."""

from playwright.async_api import Page as Tab

FIND = """() => {
  const problems = [];
  const tell = (what, element) => problems.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest(".unseen, .skip");
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) problems.push(`the page scrolls sideways: ${root.scrollWidth}`);
  const cutOnPurpose = "pre, .suggestions, .topic, .above, #channels, #who, .pager, select, textarea, input, .traffic";
  for (const element of document.querySelectorAll("body *")) {
    if (!seen(element) || element.closest(cutOnPurpose) || element.closest("svg")) continue;
    const style = getComputedStyle(element);
    if (element.scrollWidth > element.clientWidth + 1 && style.overflowX !== "visible" && element.clientWidth) tell("cut off", element);
  }
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !seen(parent) || parent.closest("option, script, noscript")) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects()) if (box.width && box.height) texts.push([parent, box]);
  }
  for (const [element, box] of texts) {
    if (element.closest(cutOnPurpose)) continue;
    if (box.left < -1 || box.right > innerWidth + 1) tell("out of the window", element);
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const top = x >= 0 && y >= 0 && x < innerWidth && y < innerHeight ? document.elementFromPoint(x, y) : null;
    if (!top || element.contains(top) || top.contains(element)) continue;
    const over = top.closest("#places, #panel, #header, #below, .modal, .popup, .jump, #scrim");
    if (!over || over.contains(element)) tell(`covered by ${top.outerHTML.slice(0, 60)}`, element);
  }
  for (const actions of document.querySelectorAll("#messages .actions")) {
    const mine = actions.getBoundingClientRect();
    for (const [element, box] of texts) {
      if (actions.contains(element) || !element.closest("#messages")) continue;
      const apart = box.right <= mine.left + 1 || box.left >= mine.right - 1 || box.bottom <= mine.top + 1 || box.top >= mine.bottom - 1;
      const clip = element.closest("pre, .above a, .pager .button")?.getBoundingClientRect();
      if (!apart && !(clip && clip.right <= mine.left + 1)) tell("words under a message's buttons", element);
    }
  }
  for (const pager of document.querySelectorAll(".pager")) {
    const tops = new Set([...pager.children].map((each) => Math.round(each.getBoundingClientRect().top)));
    if (tops.size > 1) tell("a pager in several lines", pager);
  }
  return [...new Set(problems)];
}"""  # noqa: E501 - JavaScript


async def find_problems(tab: Tab) -> list[str]:
    """Return each problem of what is seen now; nothing may be hovered or half scrolled by an animation."""
    found: list[str] = await tab.evaluate(FIND)
    return found
