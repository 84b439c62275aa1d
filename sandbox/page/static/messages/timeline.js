// The open channel's messages, redrawn as they change; scrolled to the end unless the reader has scrolled up.

import { h, icon } from "../dom.js";
import { continues, drawMessage } from "./message.js";

const NEAR = 80;
const QUIET = 1500;
const FOUND_LASTS = 3000;

/** Keeps #messages up to date, and announces each message to screen readers once it stops changing. */
export class Timeline {
  constructor(app) {
    this.app = app;
    this.state = app.state;
    this.scroller = document.getElementById("timeline");
    this.list = document.getElementById("messages");
    this.announcer = document.getElementById("announcer");
    this.settling = new Map();
    this.jump = h("button", { class: "jump", type: "button", hidden: true, on: { click: () => this.toEnd() } }, icon("down"), "New messages");
    this.scroller.after(this.jump);
    this.scroller.addEventListener("scroll", () => this.atEnd && (this.jump.hidden = true));
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.scroller);
    this.scroller.addEventListener("scroll", () => (this.stuck = this.atEnd));
    this.stuck = true;
    this.state.on("messages", () => this.drawAll());
    this.state.on("message", (change) => this.drawOne(change));
    this.state.on("gone", (id) => this.remove(id));
  }

  get atEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.stuck = true;
    this.jump.hidden = true;
  }

  /** Scroll to a message, mark it for a while and give it the focus; returns whether it is shown. */
  reveal(id) {
    const element = document.getElementById(`message-${id}`);
    if (!element) return false;
    this.stuck = false;
    element.scrollIntoView({ block: "center" });
    element.classList.add("found");
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
    setTimeout(() => document.getElementById(element.id)?.classList.remove("found"), FOUND_LASTS);
    return true;
  }

  drawAll() {
    const shown = this.state.shown;
    this.list.replaceChildren(...shown.map((message, place) => drawMessage(message, continues(message, shown[place - 1]), this.app)));
    this.toEnd();
  }

  drawOne({ message, fresh }) {
    const { shown } = this.state;
    const place = shown.findIndex((each) => each.id === message.id);
    if (place < 0) return;
    const end = this.stuck;
    const element = drawMessage(message, continues(message, shown[place - 1]), this.app);
    const old = document.getElementById(element.id);
    if (old) this.replace(old, element);
    else this.list.append(element);
    if (end || (fresh && message.mine)) this.toEnd();
    else if (fresh) this.jump.hidden = false;
    if (!message.mine) this.announceWhenQuiet(message);
  }

  /** Replace a message and keep the focus. */
  replace(old, element) {
    const key = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    old.replaceWith(element);
    if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  remove(id) {
    document.getElementById(`message-${id}`)?.remove();
    const { shown } = this.state;
    const next = shown.findIndex((each) => BigInt(each.id) > BigInt(id));
    if (next >= 0) this.drawOne({ message: shown[next], fresh: false });
  }

  /** An answer that is being written is announced when it has not changed for a while, not at every step. */
  announceWhenQuiet(message) {
    clearTimeout(this.settling.get(message.id));
    const say = () => {
      this.settling.delete(message.id);
      const text = this.list.querySelector(`#message-${message.id} .content`)?.textContent ?? "";
      if (!message.thinking) this.announcer.replaceChildren(h("p", {}, `${message.author.name}: ${text || "a message without text"}`));
    };
    this.settling.set(message.id, setTimeout(say, QUIET));
  }
}
