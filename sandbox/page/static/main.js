// The page: creates its parts and carries out their requests.

import { keepClicks } from "./clicks.js";
import { Composer } from "./composer/composer.js";
import { Editor } from "./composer/editor.js";
import { openForm } from "./composer/form.js";
import { Drawer } from "./drawer.js";
import { Greeting } from "./greeting.js";
import { Link, Refused, Unanswered } from "./link.js";
import { Navigation } from "./navigation.js";
import { Notices } from "./notices.js";
import { Panel } from "./panel/panel.js";
import { Places } from "./places.js";
import { State } from "./state.js";
import { Forum } from "./threads/forum.js";
import { ThreadBar } from "./threads/threads.js";
import { Timeline } from "./messages/timeline.js";
import { WhatHappened } from "./what_happened/what_happened.js";

const WHO = "switchboard-who";
const BY_ITSELF = new Set(["enter", "history", "type", "commands", "menus", "watch"]);

class App {
  constructor() {
    this.state = new State();
    this.busy = 0;
    this.notices = new Notices();
    this.drawer = new Drawer(this);
    this.navigation = new Navigation(this);
    this.places = new Places(this);
    this.greeting = new Greeting(this);
    this.timeline = new Timeline(this);
    this.composer = new Composer(this);
    this.editor = new Editor(this);
    this.panel = new Panel(this);
    this.threadBar = new ThreadBar(this);
    this.forum = new Forum(this);
    this.whatHappened = new WhatHappened(this);
    this.state.on("typing", () => this.drawStatus());
    this.link = new Link({
      onOpen: () => this.connect(),
      onEvent: (event) => this.receive(event),
      onClose: () => this.lost(),
    });
    document.addEventListener("keydown", (event) => this.press(event));
  }

  // Called by the parts.

  /** Send a request and return its result; if it is refused, show why and return undefined. */
  async request(action, parameters) {
    try {
      return await this.link.ask(action, parameters);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // What the page asks by itself is no news while the sandbox is offline.
      if (!(error instanceof Unanswered && BY_ITSELF.has(action))) this.tellRefused(error);
      return undefined;
    }
  }

  /** Send an interaction and handle the bot's answer; throws Refused. */
  async finish(action, parameters) {
    this.busy += 1;
    this.drawStatus();
    try {
      const result = await this.link.ask(action, parameters);
      if (!result.answered) this.notice("The application did not respond.");
      if (result.modal) openForm(result, this);
    } finally {
      this.busy -= 1;
      this.drawStatus();
    }
  }

  /** Send an interaction; if it is refused, show why. */
  async use(action, parameters) {
    try {
      await this.finish(action, parameters);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.tellRefused(error);
    }
  }

  open(channelId) {
    return this.navigation.open(channelId);
  }

  jumpTo(channelId, messageId) {
    return this.navigation.jumpTo(channelId, messageId);
  }

  async become(who) {
    if (await this.enter(who)) await this.open(this.state.channelId);
  }

  /** Use the sandbox as somebody; returns whether that is so now. */
  async enter(who) {
    const everything = await this.request("enter", { who });
    if (!everything) return false;
    sessionStorage.setItem(WHO, everything.me);
    this.state.see(everything);
    this.panel.entered();
    this.drawStatus();
    return true;
  }

  reply(message) {
    this.composer.reply(message);
  }

  /** Do what the greeting suggests, in the open channel or the first one that can be written in. */
  async tryOut({ actions, panel }) {
    const { channels, channel } = this.state;
    const fitting = channel?.may_write ? channel : channels.find((each) => each.may_write);
    if (fitting && fitting !== channel) await this.open(fitting.id);
    if (panel && matchMedia("(min-width: 1100px)").matches) this.panel.show();
    for (const { do: action, ...parameters } of actions) {
      const all = { ...parameters, channel: fitting?.id };
      await (action === "slash" ? this.use(action, all) : this.request(action, all));
    }
  }

  toggle(what) {
    if (what === "panel") this.panel.toggle();
    else this.drawer.toggle();
  }

  /** Show a notice for a while. */
  notice(text) {
    this.notices.show(text);
  }

  tellRefused(refusal) {
    if (refusal instanceof Unanswered) this.notices.unsent(refusal.message);
    else this.notice(refusal.message);
  }

  // Events.

  receive(event) {
    switch (event.event) {
      case "message":
        return this.state.put(event.message);
      case "gone":
        return this.state.take(event);
      case "typing":
        return this.state.startTyping(event);
      case "bot":
        this.state.bot = event.bot;
        return this.state.tell("bot");
      case "everything":
        return this.seeAnew(event.everything);
      case "debug-panel":
        return this.panel.draw(event);
    }
  }

  seeAnew(everything) {
    const before = this.state.channelId;
    this.state.see(everything);
    if (this.state.channelId === before) return;
    this.notice("The channel that was open is gone.");
    this.navigation.enter(this.state.channelId, null, "replace");
  }

  /** After each connection: begin where the address says, or go on after a break. */
  async connect() {
    const { state, navigation } = this;
    const before = state.channelId;
    state.connected = true;
    this.notices.online();
    const who = state.everything ? state.me : (navigation.wanted.person ?? sessionStorage.getItem(WHO) ?? "");
    if (!(await this.enter(who))) return;
    await (before && before === state.channelId ? navigation.refresh() : navigation.arrive());
  }

  lost() {
    this.state.connected = false;
    this.notices.lost();
    this.drawStatus();
    this.state.tell("bot");
  }

  drawStatus() {
    const { connected, typists } = this.state;
    const typing = typists.length === 1 ? `${typists[0]} is typing…` : typists.length ? `${typists.join(" and ")} are typing…` : "";
    const busy = this.busy ? "Waiting for the bot…" : "";
    document.getElementById("status").textContent = connected ? typing || busy : "";
  }

  press(event) {
    if (event.key === "Escape" && this.drawer.open) this.drawer.close();
    else if (event.key === "Escape" && this.panel.element.contains(document.activeElement)) this.toggle("panel");
  }
}

keepClicks();
new App();
