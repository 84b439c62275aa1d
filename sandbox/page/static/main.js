// The page: creates its parts and carries out their requests.

import { Composer } from "./composer/composer.js";
import { h, icon } from "./dom.js";
import { openForm } from "./composer/form.js";
import { Greeting } from "./greeting.js";
import { Link, Refused } from "./link.js";
import { Panel } from "./panel/panel.js";
import { Places } from "./places.js";
import { State } from "./state.js";
import { Timeline } from "./messages/timeline.js";
import { WhatHappened } from "./what_happened/what_happened.js";

const NOTICE_LASTS = 12_000;
const WHO = "switchboard-who";

class App {
  constructor() {
    this.state = new State();
    this.busy = 0;
    this.places = new Places(this);
    this.greeting = new Greeting(this);
    this.timeline = new Timeline(this);
    this.composer = new Composer(this);
    this.panel = new Panel(this);
    this.whatHappened = new WhatHappened(this);
    this.state.on("typing", () => this.drawStatus());
    this.link = new Link({
      onOpen: () => this.enter(sessionStorage.getItem(WHO) ?? ""),
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
      this.notice(error.message);
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
      if (result.modal) openForm(result.id, result.modal, this);
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
      this.notice(error.message);
    }
  }

  async open(channelId) {
    this.state.channelId = channelId;
    this.state.replyTo = this.state.editing = null;
    document.body.classList.remove("places-open");
    this.state.tell("room");
    const result = await this.request("open", { channel: channelId });
    if (result && channelId === this.state.channelId) this.state.fill(channelId, result.messages);
    this.state.tell("typing");
  }

  async become(who) {
    sessionStorage.setItem(WHO, who);
    await this.enter(who);
  }

  async enter(who) {
    this.state.connected = true;
    this.state.see(await this.link.ask("enter", { who }));
    this.panel.entered();
    this.drawStatus();
    if (this.state.channelId) await this.open(this.state.channelId);
  }

  reply(message) {
    this.state.replyTo = message;
    this.state.tell("answering");
    if (message) this.composer.focus();
  }

  edit(id) {
    const before = this.state.editing;
    this.state.editing = id;
    for (const each of [before, id]) {
      const message = this.state.messages.get(this.state.channelId)?.get(each);
      if (message) this.state.tell("message", { message, fresh: false });
    }
    if (id) document.querySelector(`#message-${id} textarea`)?.focus();
    else this.composer.focus();
  }

  async messageMenu(message) {
    const target = { channel: message.channel, message: message.id };
    const menus = message.ephemeral ? null : await this.request("menus", { channel: message.channel });
    const copy = () => navigator.clipboard.writeText(message.content).catch(() => this.notice("Couldn't copy the text."));
    return [
      ...(menus?.commands ?? []).map(({ name }) => ({ label: `Apps: ${name}`, run: () => this.use("use-menu", { ...target, command: name }) })),
      { label: "Copy text", run: copy },
      ...(message.author.bot ? [{ label: "What happened (sandbox)", run: () => this.whatHappened.show(message) }] : []),
      ...(message.mine ? [{ label: "Edit", run: () => this.edit(message.id) }] : []),
      ...(message.may_delete ? [{ label: "Delete", danger: true, run: () => this.request("delete", target) }] : []),
    ];
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
    else document.body.classList.toggle(`${what}-open`);
    this.state.tell("room");
  }

  /** Show a notice for a while. */
  notice(text) {
    const close = () => note.remove();
    const note = h("p", { class: "notice" }, text, h("button", { type: "button", "aria-label": "Dismiss", on: { click: close } }, icon("close")));
    document.getElementById("notices").append(note);
    setTimeout(close, NOTICE_LASTS);
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
    if (this.state.channelId !== before) this.open(this.state.channelId);
  }

  lost() {
    this.state.connected = false;
    this.drawStatus();
  }

  drawStatus() {
    const { connected, typists } = this.state;
    const typing = typists.length === 1 ? `${typists[0]} is typing…` : typists.length ? `${typists.join(" and ")} are typing…` : "";
    const busy = this.busy ? "Waiting for the bot…" : "";
    document.getElementById("status").textContent = connected ? typing || busy : "Connection to the demo lost. Reconnecting…";
    document.body.classList.toggle("lost", !connected);
  }

  press(event) {
    if (event.key === "Escape" && document.body.classList.contains("places-open")) this.toggle("places");
    else if (event.key === "Escape" && this.panel.element.contains(document.activeElement)) this.toggle("panel");
  }
}

new App();
