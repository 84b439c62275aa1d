// Which channel is open, at which message: kept in the page's address, so that reload, Back and links work.

import { readFragment, writeFragment } from "./address.js";
import { PART } from "./messages/history.js";

const UNSEEN = "You can't see that channel, or it was deleted.";

/** Opens channels and messages. The address names the person too: Back leads to the same view. */
export class Navigation {
  constructor(app) {
    this.app = app;
    this.state = app.state;
    this.loads = 0;
    addEventListener("popstate", () => this.follow());
    document.addEventListener("click", (event) => this.click(event));
  }

  /** What the address names, or an empty object. */
  get wanted() {
    return readFragment(location.hash) ?? {};
  }

  /** Open what the address names, or else the channel that is open or the first one. */
  async arrive() {
    const { channel, message } = this.wanted;
    const seen = !channel || this.find(channel) !== null;
    const next = seen && channel ? channel : this.state.channelId;
    if (!seen) this.app.notice(UNSEEN);
    if (next) await this.enter(next, seen ? message : null, "replace");
  }

  /** After Back, Forward or a change of the address by hand. */
  async follow() {
    const { person, channel } = this.wanted;
    if (!channel) {
      this.record(this.state.channelId, null, "replace");
      return;
    }
    if (person && person !== this.state.me && !(await this.app.enter(person))) return;
    await this.arrive();
  }

  /** Open a channel at its newest messages. */
  open(channelId) {
    return this.enter(channelId, null, "push");
  }

  /** Open a channel at a message, which is marked for a while. */
  async jumpTo(channelId, messageId) {
    if (this.find(channelId) === null) this.app.notice(UNSEEN);
    else await this.enter(channelId, messageId, "push");
  }

  /** Show the open channel as it is by now, and leave the reader where they are. */
  async refresh() {
    const { timeline } = this.app;
    const { read } = timeline;
    if ((await this.load(this.state.channelId, read)) && read) timeline.reveal(read, { quietly: true });
  }

  async enter(channelId, messageId, how) {
    const { state } = this;
    const isThere = messageId && channelId === state.channelId && state.messages.get(channelId)?.has(messageId);
    const leaves = channelId !== state.channelId;
    state.channelId = channelId;
    this.record(channelId, messageId, how);
    if (this.app.drawer.open) this.app.drawer.close("#timeline");
    if (leaves) this.app.timeline.clear();
    state.tell("room");
    if (!isThere && !(await this.load(channelId, messageId))) return;
    if (messageId && !this.app.timeline.reveal(messageId)) this.app.notice("That message was deleted.");
  }

  /** Load a channel's newest messages, or those around one; returns whether they are shown. */
  async load(channelId, messageId) {
    const mine = (this.loads += 1);
    const part = { channel: channelId, limit: PART, ...(messageId ? { around: messageId } : {}) };
    const result = await this.app.request("history", part);
    if (mine !== this.loads) return false;
    if (result) this.state.fill(channelId, result);
    else this.state.tell("messages");
    this.state.tell("typing");
    return Boolean(result);
  }

  /** Name a place in the address: `push` makes an entry to come back to, `replace` none. */
  record(channelId, messageId, how) {
    const place = { server: this.state.serverOf(channelId), channel: channelId, message: messageId, person: this.state.me };
    const fragment = writeFragment(place);
    if (fragment === location.hash) return;
    if (how === "push") history.pushState(null, "", fragment);
    else history.replaceState(null, "", fragment);
  }

  find(channelId) {
    return this.state.channels.find((channel) => channel.id === channelId) ?? null;
  }

  /** Follow a link inside the page without loading it again, also if the address is that already. */
  click(event) {
    const anchor = event.target.closest?.('a[href^="#"]');
    if (!anchor || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const place = readFragment(anchor.hash);
    if (!place) document.getElementById(anchor.hash.slice(1))?.focus();
    else if (place.message) this.jumpTo(place.channel, place.message);
    else if (this.find(place.channel) === null) this.app.notice(UNSEEN);
    else this.open(place.channel);
  }
}
