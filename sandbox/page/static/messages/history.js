// A channel's history, loaded in parts as the reader nears its edge; above its very first message is where it begins.

import { h } from "../dom.js";

/** How many messages are loaded at once. */
export const PART = 50;
const WINDOWS_AHEAD = 1.5;

/** How many are kept: a page that has thousands answers slowly. What is given up is loaded again on the way back. */
const MAX_KEPT = 250;

/** Loads older and newer parts of the open channel into the state; draws #beginning. */
export class History {
  constructor(app, timeline) {
    this.app = app;
    this.state = app.state;
    this.timeline = timeline;
    this.scroller = timeline.scroller;
    this.beginning = document.getElementById("beginning");
    this.loading = null;
    this.scroller.element.addEventListener("scroll", () => this.loadIfNear());
  }

  /** Whether there are messages before and after what is known. */
  get more() {
    return this.state.more.get(this.state.channelId) ?? { before: false, after: false };
  }

  /** What is known is drawn: show the beginning if it is reached, or load more if the reader is near the edge. */
  drawn() {
    this.scroller.keep(() => this.drawBeginning());
    this.loadIfNear();
  }

  loadIfNear() {
    const side = ["before", "after"].find((each) => this.scroller.windowsLeft(each) < WINDOWS_AHEAD && this.more[each]);
    if (side && !this.loading && !this.timeline.queue.busy) this.load(side);
  }

  /** Load the part before or after what is known, if there is one, and wait until its first messages are drawn. */
  async load(side) {
    this.loading ??= this.extend(side).then((loaded) => {
      this.loading = null;
      if (loaded) this.loadIfNear();
    });
    await this.loading;
  }

  async extend(side) {
    const { channelId } = this.state;
    const known = this.state.messages.get(channelId);
    if (!known?.size || !this.more[side]) return false;
    const edge = [...known.keys()].at(side === "before" ? 0 : -1);
    const part = await this.app.request("history", { channel: channelId, [side]: edge, limit: PART });
    // Another channel may have been opened meanwhile, or this one again.
    if (!part || this.state.messages.get(channelId) !== known) return false;
    this.state.extend(channelId, side, part);
    this.trim(side === "before" ? "after" : "before");
    return true;
  }

  /** Give up the messages that are furthest away from the reader. */
  trim(side) {
    const gone = this.state.trim(side, MAX_KEPT);
    if (gone.length) this.timeline.discard(gone);
  }

  /** Show the newest messages, loading them if what is known ends before them. */
  async toNewest() {
    if (this.more.after) await this.app.open(this.state.channelId);
    else this.scroller.toEnd();
  }

  hideBeginning() {
    this.beginning.hidden = true;
  }

  drawBeginning() {
    const { channel } = this.state;
    this.beginning.hidden = !channel || !this.state.messages.has(channel.id) || this.more.before;
    if (this.beginning.hidden) return;
    const name = channel.thread ? `“${channel.name}”` : `#${channel.name}`;
    const where = channel.user ? `your direct messages with @${channel.name}` : name;
    const head = h("div", { class: "beginning" }, h("h2", {}, `This is the beginning of ${where}.`), channel.topic && h("p", {}, channel.topic));
    this.beginning.querySelector(".beginning").replaceWith(head);
  }
}
