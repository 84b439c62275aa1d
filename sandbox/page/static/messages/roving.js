// The keyboard in the timeline: one message at a time can be reached by Tab, with all that is in it; arrows move on.

const MOVES = new Set(["ArrowUp", "ArrowDown", "Home", "End"]);
const PAGE = 0.9;
const CONTROLS = "a[href], button, select, textarea, [tabindex]:not(pre)";

/** Keeps one message in the order of Tab: the newest, until the reader moves. */
export class Roving {
  constructor(app, timeline) {
    this.app = app;
    this.timeline = timeline;
    this.list = timeline.list;
    this.current = null;
    this.sizes = new ResizeObserver((changes) => changes.forEach(({ target }) => placeCode(target)));
    this.list.addEventListener("focusin", (event) => this.choose(event.target.closest("#messages > li")));
    timeline.scroller.element.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("keydown", (event) => this.scroll(event));
  }

  /** Take a message that was just drawn out of the order of Tab. */
  prepare(element) {
    for (const each of [element, ...element.querySelectorAll(CONTROLS)]) each.tabIndex = -1;
    for (const code of element.querySelectorAll("pre")) this.sizes.observe(code);
  }

  choose(element) {
    if (!element || element === this.current) return;
    if (this.current) this.prepare(this.current);
    this.current = element;
    for (const each of [element, ...element.querySelectorAll(CONTROLS)]) each.tabIndex = 0;
  }

  /** Forget which message it was: another channel was opened. */
  start() {
    this.current = null;
    this.choose(this.list.lastElementChild);
  }

  added(element) {
    if (!this.list.contains(document.activeElement)) this.choose(this.list.lastElementChild ?? element);
  }

  replaced(old, element) {
    if (old === this.current) this.choose(element);
  }

  /** A message goes: its neighbour takes its place, and the focus with it. */
  leave(element) {
    if (element !== this.current) return;
    const next = element.nextElementSibling ?? element.previousElementSibling;
    const focused = element.contains(document.activeElement);
    this.current = null;
    this.choose(next);
    if (focused) (next ?? this.timeline.scroller.element).focus({ preventScroll: true });
  }

  press(event) {
    const message = event.target.closest("#messages > li");
    if (!message || event.defaultPrevented || event.target.matches("textarea, select")) return;
    if (event.key === "Escape") {
      if (event.target === message) this.app.composer.focus();
      else message.focus();
    }
    if (event.target === message && MOVES.has(event.key)) {
      event.preventDefault();
      this.move(message, event.key);
    }
  }

  /** Move on from a message; further than what is loaded once more is. */
  async move(message, key) {
    const { history } = this.timeline;
    if (key === "Home" || key === "End") this.timeline.scroller.element.scrollTop = key === "Home" ? 0 : this.timeline.scroller.element.scrollHeight;
    if (key === "ArrowUp" && !message.previousElementSibling) await history.load("before");
    if (key === "ArrowDown" && !message.nextElementSibling) await history.load("after");
    await new Promise(requestAnimationFrame);
    const here = document.getElementById(message.id);
    const next = { ArrowUp: here?.previousElementSibling, ArrowDown: here?.nextElementSibling, Home: this.list.firstElementChild, End: this.list.lastElementChild }[key];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  /** Scroll from where these keys have nothing else to do, such as an empty message box. */
  scroll(event) {
    const { element } = this.timeline.scroller;
    const { activeElement: at } = document;
    const idle = at === document.body || at.closest("#header, #places :not(select)") || (at.id === "text" && !at.value);
    if (!idle || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const page = element.clientHeight * PAGE;
    const to = { PageUp: element.scrollTop - page, PageDown: element.scrollTop + page, Home: 0, End: element.scrollHeight }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    element.scrollTop = to;
  }
}

/** Code that has to be scrolled stays in the order of Tab: only the focus lets the keyboard scroll it. */
function placeCode(code) {
  code.tabIndex = code.scrollWidth > code.clientWidth ? 0 : -1;
}
