// The timeline's scrolling: it follows the newest message, or keeps the reading position while messages are added above.

import { h, icon } from "../dom.js";

const NEAR = 80;
const LONG = 120;

/** Whether the reader follows the end (`stuck`), and the button that leads back there. */
export class Scroller {
  constructor({ list, toNewest, hasNewest }) {
    this.hasNewest = hasNewest;
    this.element = document.getElementById("timeline");
    this.list = list;
    this.stuck = true;
    this.rounded = 0;
    this.jump = h("button", { class: "jump", type: "button", hidden: true, on: { click: toNewest } }, icon("down"), "New messages");
    document.getElementById("below").prepend(this.jump);
    this.element.addEventListener("scroll", () => this.note());
    const grown = new ResizeObserver(() => this.stuck && this.toEnd());
    for (const each of [this.element, list]) grown.observe(each);
  }

  get atEnd() {
    return this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < NEAR;
  }

  /** How many windows' heights of messages are above or below what is seen. */
  windowsLeft(side) {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return (side === "before" ? scrollTop : scrollHeight - scrollTop - clientHeight) / Math.max(1, clientHeight);
  }

  note() {
    this.stuck = this.atEnd && this.hasNewest();
    if (this.stuck) this.jump.hidden = true;
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    this.stuck = true;
    this.jump.hidden = true;
  }

  /** Change the list, and leave what the reader sees where it is. */
  keep(change) {
    if (this.stuck) {
      change();
      this.toEnd();
      return;
    }
    const id = this.firstSeen?.id;
    const top = () => document.getElementById(id)?.getBoundingClientRect().top;
    const before = id && top();
    change();
    const after = id && top();
    if (after !== undefined && after !== before) this.scrollBy(after - before);
  }

  /** Scroll, and make up next time for the part of a pixel that the browser rounds away: parts come in many steps. */
  scrollBy(distance) {
    const [from, by] = [this.element.scrollTop, distance + this.rounded];
    this.element.scrollTop = from + by;
    const rest = by - (this.element.scrollTop - from);
    this.rounded = Math.abs(rest) < 1 ? rest : 0;
  }

  /** Note how high new messages of a long list are, so that they need not be laid out while they are out of sight. */
  measure(elements) {
    if (this.list.childElementCount < LONG) return;
    const heights = elements.map(contentHeight);
    for (const [place, element] of elements.entries()) {
      element.style.containIntrinsicBlockSize = `auto ${heights[place]}px`;
      element.classList.add("measured");
    }
  }

  /** The first message that reaches into the window, found by halving: there may be thousands. */
  get firstSeen() {
    return this.seenAt(0);
  }

  /** The message at a place in the window: 0 is its top, 1 its bottom. */
  seenAt(share) {
    const { children } = this.list;
    const { top, height } = this.element.getBoundingClientRect();
    const edge = top + share * height;
    let [low, high] = [0, children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (children[middle].getBoundingClientRect().bottom > edge) high = middle;
      else low = middle + 1;
    }
    return children[low] ?? null;
  }
}

function contentHeight(element) {
  const { paddingBlockStart, paddingBlockEnd } = getComputedStyle(element);
  return element.getBoundingClientRect().height - parseFloat(paddingBlockStart) - parseFloat(paddingBlockEnd);
}
