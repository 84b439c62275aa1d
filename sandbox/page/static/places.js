// Servers, channels, and the account that the visitor uses.

import { avatar, h, icon } from "./dom.js";
import { drawChannelList, drawCrumbs, pictureOf } from "./threads/threads.js";

/** Draws #servers, #channels and #who, and what is open in #header. */
export class Places {
  constructor(app) {
    this.app = app;
    this.state = app.state;
    this.atHome = false;
    this.state.on("places", () => this.draw());
    this.state.on("bot", () => this.drawHeader());
    for (const kind of ["room", "messages"]) this.state.on(kind, () => this.drawHeader());
  }

  draw() {
    const focused = document.activeElement?.dataset?.key;
    const { everything, guild } = this.state;
    const servers = document.getElementById("servers");
    servers.replaceChildren(
      this.drawServer("home", "Direct messages", everything.dms, !guild, h("span", { class: "avatar home" }, icon("at"))),
      h("hr"),
      ...everything.guilds.map((each) => this.drawServer(each.id, each.name, each.channels, each === guild, avatar(each.id, each.name))),
    );
    document.getElementById("server-name").textContent = guild?.name ?? "Direct messages";
    const channels = guild?.channels ?? everything.dms;
    document.getElementById("channels").replaceChildren(drawChannelList(channels, this.state.channelId, (channel) => this.drawChannel(channel)));
    this.drawWho();
    if (focused) document.querySelector(`#places [data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  drawServer(key, name, channels, open, picture) {
    const marks = channels.map((channel) => this.state.unread.get(channel.id)).filter(Boolean);
    const mark = marks.includes("mention") ? "mention" : marks[0];
    const label = mark ? `${name}, ${mark === "mention" ? "you are mentioned" : "unread"}` : name;
    const enter = () => channels.length && this.app.open(channels[0].id);
    const attributes = { type: "button", class: mark, "data-key": key, "aria-label": label, title: name, "aria-current": open ? "true" : null };
    return h("button", { ...attributes, on: { click: enter } }, picture);
  }

  drawChannel(channel) {
    const mark = this.state.unread.get(channel.id);
    const open = channel.id === this.state.channelId;
    const note = mark === "mention" ? ", you are mentioned" : mark ? ", unread" : "";
    const attributes = { type: "button", class: mark, "data-key": channel.id, "aria-label": channel.name + note, "aria-current": open ? "page" : null };
    const picture = channel.user ? avatar(channel.user, channel.name, "small") : pictureOf(channel);
    return h("li", {}, h("button", { ...attributes, on: { click: () => this.app.open(channel.id) } }, picture, h("span", {}, channel.name)));
  }

  drawWho() {
    const { everything } = this.state;
    const me = everything.roles.find((role) => role.id === everything.me);
    const change = (event) => this.app.become(event.currentTarget.value);
    const select = h(
      "select",
      { id: "person", "data-key": "person", on: { change } },
      everything.roles.map((role) => h("option", { value: role.id, selected: role === me }, `${role.name} – ${role.note}`)),
    );
    document.getElementById("who").replaceChildren(
      avatar(me.id, me.name),
      h("div", {}, h("label", { for: "person" }, "You are"), select),
    );
  }

  drawHeader() {
    const { channel, guild } = this.state;
    const focused = document.activeElement?.dataset?.key;
    const name = channel ? (guild ? channel.name : `@${channel.name}`) : "No channel";
    document.title = `${guild ? `#${name} | ${guild.name}` : name} – Switchboard sandbox`;
    document.getElementById("header").replaceChildren(
      this.drawToggle("places", "menu", "Servers and channels"),
      ...[drawCrumbs(channel, this.app)].filter(Boolean),
      h("h1", {}, guild && channel && pictureOf(channel), h("span", {}, name)),
      h("p", { class: "topic" }, channel?.topic ?? ""),
      this.drawBotState(),
      this.drawToggle("panel", "panel", "Behind the scenes"),
    );
    if (focused) document.querySelector(`#header [data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  drawBotState() {
    const { bot, connected } = this.state;
    const running = bot?.state === "running" ? (bot.connected ? "online" : "not connected") : (bot?.state ?? "unknown");
    const [what, how] = connected ? ["The bot is ", running] : ["The sandbox is ", "offline"];
    return h("p", { class: how === "online" ? "bot-state online" : "bot-state" }, h("span", { class: "unseen" }, what), how);
  }

  drawToggle(what, picture, label) {
    const open = document.body.classList.contains(`${what}-open`);
    const attributes = { type: "button", class: `toggle ${what}-toggle`, "data-key": `toggle-${what}`, "aria-label": label, title: label };
    return h("button", { ...attributes, "aria-expanded": String(open), "aria-controls": what, on: { click: () => this.app.toggle(what) } }, icon(picture));
  }
}
