// The open channel's messages, redrawn as they change; scrolled to the end unless the reader has scrolled up.

import { h } from "../dom.js";
import { isOlder } from "../state.js";
import { DrawingQueue } from "./drawing.js";
import { History } from "./history.js";
import { continues, drawMessage } from "./message.js";
import { Roving } from "./roving.js";
import { Scroller } from "./scroller.js";

const QUIET = 1500;
const FOUND_LASTS = 3000;

/** Keeps #messages up to date, and announces each message to screen readers once it stops changing. */
export class Timeline {
  constructor(app) {
    this.app = app;
    this.state = app.state;
    this.list = document.getElementById("messages");
    this.announcer = document.getElementById("announcer");
    this.settling = new Map();
    this.scroller = new Scroller({ list: this.list, toNewest: () => this.history.toNewest(), hasNewest: () => !this.history.more.after });
    this.history = new History(app, this);
    this.roving = new Roving(app, this);
    const insert = (elements) => {
      this.scroller.keep(() => elements.forEach((each) => this.insert(each)));
      this.scroller.measure(elements);
    };
    this.queue = new DrawingQueue({ draw: (item) => this.drawQueued(item), insert, end: () => this.drawn() });
    this.list.addEventListener("contextmenu", (event) => openMenuOf(event));
    this.state.on("messages", () => this.drawAll());
    this.state.on("part", (part) => this.drawPart(part));
    this.state.on("message", (change) => this.drawOne(change));
    this.state.on("missed", (message) => this.miss(message));
    this.state.on("gone", (id) => this.remove(id));
  }

  /** Draw the channel that was opened: its newest messages first. */
  drawAll() {
    this.clear();
    this.scroller.stuck = !this.history.more.after;
    this.queue.restart(this.items().reverse());
    this.queue.drawSome();
    this.roving.start();
  }

  /** Show nothing until the channel that is being opened is loaded. */
  clear() {
    this.list.replaceChildren();
    this.goal = null;
    this.history.hideBeginning();
    this.queue.restart([]);
  }

  /** Each message that is known, and the one before it. */
  items() {
    const { shown } = this.state;
    return shown.map((message, place) => ({ id: message.id, before: shown[place - 1] }));
  }

  /** Draw an older or newer part, nearest to what is drawn first. What it joins is drawn again: it may need no header now. */
  drawPart({ side, messages }) {
    const items = this.items();
    const added = new Set(messages.map((message) => message.id));
    const joined = side === "before" ? items.filter(({ before }) => before && added.has(before.id)).slice(-1) : [];
    const fresh = items.filter(({ id }) => added.has(id));
    this.queue.add([...joined, ...(side === "before" ? fresh.reverse() : fresh)]);
  }

  /** The message in the middle of the window, null if the newest ones are followed. */
  get read() {
    return this.scroller.stuck ? null : (this.scroller.seenAt(0.5)?.id.replace("message-", "") ?? null);
  }

  /** Scroll to a message, and unless `quietly` mark it for a while and give it the focus; returns whether it is known. */
  reveal(id, { quietly = false } = {}) {
    const items = this.items();
    const place = items.findIndex((item) => item.id === id);
    if (place < 0) return false;
    this.scroller.stuck = false;
    this.goal = id;
    const distance = (item) => Math.abs(items.indexOf(item) - place);
    if (!document.getElementById(`message-${id}`)) {
      this.queue.restart(items.toSorted((one, other) => distance(one) - distance(other)));
      this.queue.drawSome();
    }
    const element = document.getElementById(`message-${id}`);
    element.scrollIntoView({ block: "center" });
    if (quietly) return true;
    element.classList.add("found");
    element.focus({ preventScroll: true });
    setTimeout(() => document.getElementById(element.id)?.classList.remove("found"), FOUND_LASTS);
    return true;
  }

  /** All that is known is drawn. */
  drawn() {
    if (this.goal) document.getElementById(`message-${this.goal}`)?.scrollIntoView({ block: "center" });
    this.goal = null;
    this.history.drawn();
  }

  drawQueued({ id, before }) {
    const message = this.state.messages.get(this.state.channelId)?.get(id);
    return message && !this.state.dismissed.has(id) ? this.draw(message, before) : null;
  }

  draw(message, before) {
    const element = drawMessage(message, continues(message, before), this.app);
    this.roving.prepare(element);
    return element;
  }

  /** Put a message where it belongs by its age; nearly always at one of the ends. */
  insert(element) {
    const old = document.getElementById(element.id);
    if (old) {
      this.replace(old, element);
      return;
    }
    const { firstElementChild: first, lastElementChild: last } = this.list;
    if (!first || isOlder(idOf(element), idOf(first))) {
      this.list.prepend(element);
      return;
    }
    let before = last;
    while (isOlder(idOf(element), idOf(before))) before = before.previousElementSibling;
    before.after(element);
  }

  drawOne({ message, fresh }) {
    const { shown } = this.state;
    const place = shown.findLastIndex((each) => each.id === message.id);
    if (place < 0 || (!fresh && !document.getElementById(`message-${message.id}`))) return;
    const element = this.draw(message, shown[place - 1]);
    if (fresh && message.mine) this.scroller.stuck = true;
    this.scroller.keep(() => this.insert(element));
    if (fresh) this.roving.added(element);
    if (fresh) this.history.trim(this.scroller.stuck ? "before" : "after");
    if (fresh && !this.scroller.stuck) this.scroller.jump.hidden = false;
    if (!message.mine) this.announceWhenQuiet(message);
  }

  /** A message came that cannot be shown, because older ones between are not loaded. */
  miss(message) {
    if (message.mine) this.history.toNewest();
    else this.scroller.jump.hidden = false;
  }

  /** Replace a message and keep the focus. */
  replace(old, element) {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(element);
    this.roving.replaced(old, element);
    if (!focused) return;
    const { key } = focused.dataset;
    const again = key ? element.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
    (again ?? element).focus({ preventScroll: true });
  }

  remove(id) {
    const element = document.getElementById(`message-${id}`);
    if (!element) return;
    this.roving.leave(element);
    const { shown } = this.state;
    const next = shown.find((each) => isOlder(id, each.id));
    this.scroller.keep(() => element.remove());
    if (next) this.drawOne({ message: next, fresh: false });
  }

  /** Take messages out that are not kept; the reader is elsewhere. */
  discard(ids) {
    const elements = ids.map((id) => document.getElementById(`message-${id}`)).filter(Boolean);
    for (const element of elements) this.roving.leave(element);
    this.scroller.keep(() => elements.forEach((element) => element.remove()));
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

const idOf = (element) => element.id.slice("message-".length);

/** A long press opens a message's menu, and so does the menu key; the mouse has the browser's own menu. */
function openMenuOf(event) {
  const button = event.target.closest("#messages > li")?.querySelector("[data-key=more]");
  if (!button || event.pointerType === "mouse" || event.target.closest("a, textarea")) return;
  event.preventDefault();
  button.click();
}
