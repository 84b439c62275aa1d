// What happened to an answer: a pane of the sandbox's own beside the messages, which follows an answer that is running.

import { h, icon, setText } from "../dom.js";
import { Refused } from "../link.js";
import { drawPicture } from "./picture.js";

const PAUSE = 400;

/** The button beside an answer that opens the pane. */
export function drawOpener(message, app) {
  const label = `What happened: answer of ${message.author.name}`;
  const open = () => app.whatHappened.show(message);
  return h("button", { type: "button", class: "what-happened-open", "data-key": "what-happened", "aria-label": label, title: "What happened (shown by the sandbox, not by Discord)", on: { click: open } }, icon("clock"), h("span", {}, "What happened"));
}

/** Draws #what-happened while it is open. */
export class WhatHappened {
  constructor(app) {
    this.app = app;
    this.message = null;
    this.run = null;
    this.told = null;
    this.timer = null;
    this.makeParts();
    app.state.on("message", ({ message }) => this.message?.channel === message.channel && this.look());
    app.state.on("gone", () => this.message && this.look());
    app.state.on("room", () => this.leaveWithTheRoom());
    new ResizeObserver(() => this.told && this.drawPicture()).observe(this.picture);
  }

  makeParts() {
    const close = h("button", { type: "button", "aria-label": "Close what happened", on: { click: () => this.hide() } }, icon("close"));
    this.close = close;
    this.runs = h("select", { id: "what-happened-run", on: { change: () => this.choose() } });
    this.choice = h("p", { class: "run", hidden: true }, h("label", { for: "what-happened-run" }, "Which time?"), this.runs);
    this.summary = h("p", { class: "summary" });
    this.picture = h("figure");
    this.rows = h("tbody");
    const heads = ["After", "Who", "What happened"].map((text) => h("th", { scope: "col" }, text));
    this.table = h("table", {}, h("caption", {}, "The same as a table"), h("thead", {}, h("tr", {}, heads)), this.rows);
    const keydown = (event) => event.key === "Escape" && this.hide();
    this.element = h(
      "aside",
      { id: "what-happened", "aria-label": "What happened", hidden: true, on: { keydown } },
      h("header", {}, h("h2", {}, "What happened"), h("small", {}, "The sandbox shows this, Discord does not"), close),
      h("div", { class: "told", tabindex: "0", role: "region", "aria-label": "Picture and table" }, this.choice, this.summary, this.picture, this.table),
    );
    document.getElementById("app").append(this.element);
  }

  show(message) {
    const { state, panel } = this.app;
    if (panel.open) panel.hide();
    Object.assign(this, { message, run: null, told: null, me: state.me });
    for (const part of [this.summary, this.picture, this.rows]) part.replaceChildren();
    this.element.hidden = false;
    this.close.focus();
    this.look(0);
  }

  hide(back = true) {
    const { message } = this;
    this.message = this.told = null;
    this.element.hidden = true;
    clearTimeout(this.timer);
    this.timer = null;
    if (back && message) document.querySelector(`#message-${message.id} [data-key="what-happened"], #message-${message.id} [data-key="more"]`)?.focus();
  }

  leaveWithTheRoom() {
    const { state, panel } = this.app;
    const elsewhere = this.message && (state.channelId !== this.message.channel || state.me !== this.me);
    if (elsewhere || (this.message && panel.open)) this.hide(false);
  }

  choose() {
    this.run = this.runs.value === "" ? null : Number(this.runs.value);
    this.look(0);
  }

  /** Ask what happened, soon; several reasons at once are one. */
  look(pause = PAUSE / 2) {
    this.timer ??= setTimeout(() => this.ask(), pause);
  }

  async ask() {
    const { message, run } = this;
    if (!message) return;
    try {
      const told = await this.app.link.ask("what-happened", { channel: message.channel, message: message.id, ...(run === null ? {} : { run }) });
      if (message !== this.message) return;
      this.timer = null;
      this.draw(told);
      if (told.running) this.look(PAUSE);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.timer = null;
      if (message === this.message) setText(this.summary, error.message);
    }
  }

  draw(told) {
    this.told = told;
    const names = told.runs.map((name, place) => `${place + 1}. ${name}`);
    if (this.runs.length !== names.length) this.runs.replaceChildren(...names.map((name, place) => h("option", { value: place }, name)));
    this.runs.value = told.run;
    this.choice.hidden = names.length < 2;
    setText(this.summary, told.summary);
    this.drawPicture();
    this.rows.replaceChildren(...told.rows.map(({ at, who, what }) => h("tr", {}, h("td", {}, at), h("th", { scope: "row" }, who), h("td", {}, what))));
  }

  drawPicture() {
    const style = getComputedStyle(this.picture);
    const width = Math.floor(this.picture.clientWidth);
    if (width > 0) this.picture.replaceChildren(drawPicture(this.told, width, `13px ${style.fontFamily}`));
  }
}
