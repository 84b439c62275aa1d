// Threads: below their channel in the list, as a link at the message where one began, and with the path to them.

import { h, icon } from "../dom.js";
import { openDialog } from "./dialog.js";

const LONGEST_NAME = 100;

/** Return the channels that are no threads, each with its open threads; a closed one is listed while one reads it. */
export function nest(channels, openId) {
  const listed = channels.filter(({ thread, id }) => thread && (!thread.archived || id === openId));
  return channels.filter(({ thread }) => !thread).map((channel) => ({ channel, threads: listed.filter(({ parent }) => parent === channel.id) }));
}

/** Draw the list of channels; `drawItem` draws one as an <li>. */
export function drawChannelList(channels, openId, drawItem) {
  const items = nest(channels, openId).map(({ channel, threads }) => {
    const item = drawItem(channel);
    if (threads.length) item.append(h("ul", { class: "threads", "aria-label": `Threads in ${channel.name}` }, threads.map(drawItem)));
    return item;
  });
  return h("ul", {}, items);
}

/** The icon that a channel has in the list and in the header. */
export function pictureOf({ thread, forum }) {
  return icon(thread ? "thread" : forum ? "forum" : "hash");
}

/** Draw the way back from a thread to its channel; null for other channels. */
export function drawCrumbs(channel, app) {
  const parent = channel?.thread && app.state.channels.find(({ id }) => id === channel.parent);
  if (!parent) return null;
  const back = h("button", { type: "button", "data-key": "crumb", on: { click: () => app.open(parent.id) } }, pictureOf(parent), h("span", {}, parent.name));
  return h("nav", { class: "crumbs", "aria-label": "Breadcrumb" }, back, h("span", { class: "apart", "aria-hidden": "true" }, "›"));
}

/** Draw the link to the thread that began at a message, null if there is none that the person sees. */
export function drawThreadLink(message, app) {
  const thread = message.thread && app.state.channels.find(({ id }) => id === message.thread);
  if (!thread) return null;
  const note = thread.thread.archived ? "closed" : "thread";
  const attributes = { type: "button", class: "thread-link", "aria-label": `Open the thread ${thread.name}`, "data-key": "thread" };
  return h("button", { ...attributes, on: { click: () => app.open(thread.id) } }, icon("thread"), h("strong", {}, thread.name), h("span", {}, note));
}

/** Open a channel that a request has just made, and of which no event has told yet. */
export async function openNew({ channel, everything }, app) {
  app.state.see(everything);
  await app.open(channel);
}

/** Ask for a name, and open a thread at a message. */
export function startThread(message, app) {
  const fields = [{ name: "name", label: "Thread name", max: LONGEST_NAME, value: nameFor(message.content) }];
  const send = async (filled) => {
    await openNew(await app.link.ask("start-thread", { channel: message.channel, message: message.id, ...filled }), app);
  };
  openDialog({ title: "Create a thread", fields, action: "Create thread", send });
}

function nameFor(content) {
  const words = content.replaceAll(/<[@#][!&]?\d+>|[*_~`|>#]/g, "").replaceAll(/\s+/g, " ").trim();
  return [...words].slice(0, 40).join("");
}

/** Says above the message box what becomes of the thread that is open, and closes or reopens it. */
export class ThreadBar {
  constructor(app) {
    this.app = app;
    this.element = h("div", { id: "thread-bar", role: "group", "aria-label": "This thread", hidden: true });
    document.getElementById("composer").before(this.element);
    app.state.on("room", () => this.draw());
  }

  draw() {
    const { channel } = this.app.state;
    const thread = channel?.thread;
    this.element.hidden = !thread;
    if (!thread) return;
    const hadFocus = this.element.contains(document.activeElement);
    const order = (action) => () => this.app.request(action, { channel: channel.id });
    const told = thread.locked && !channel.may_write ? "This thread is locked: only moderators can write here." : "This thread is closed. A message opens it again.";
    this.element.replaceChildren(
      h("p", {}, thread.archived || (thread.locked && !channel.may_write) ? told : "You are in a thread."),
      ...(thread.start ? [button("Go to its message", () => this.goToStart(channel))] : []),
      ...(thread.archived && thread.may_reopen ? [button("Reopen thread", order("reopen-thread"))] : []),
      ...(!thread.archived && thread.may_close ? [button("Close thread", order("close-thread"))] : []),
    );
    if (hadFocus) this.element.querySelector("button:last-of-type")?.focus();
  }

  async goToStart({ parent, thread }) {
    await this.app.jumpTo(parent, thread.start);
    document.querySelector(`#message-${thread.start} .thread-link`)?.focus({ preventScroll: true });
  }
}

function button(label, click) {
  return h("button", { class: "button secondary", type: "button", on: { click } }, label);
}
