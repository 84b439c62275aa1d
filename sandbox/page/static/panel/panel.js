// The debug panel: the bot's process, faults, Discord's rate limits, and the chat APIs' traffic.

import { h, icon, setText, svg } from "../dom.js";
import { Traffic } from "./traffic.js";
import { TryOuts } from "./tryouts.js";

const LABELS = { tamako: "Tamako", chatbase: "Chatbase", "chatbase-v2": "Chatbase v2", stammer: "Stammer.ai", chatbot: "ChatBot.com" };
const BREAKS = [["disconnect", "Disconnect"], ["cut", "Drop connection"], ["forget", "Invalidate session"]];

/** Draws #panel while it is open, from what the sandbox sends a few times a second. */
export class Panel {
  constructor(app) {
    this.app = app;
    this.element = document.getElementById("panel");
    this.traffic = new Traffic(LABELS);
    this.tryOuts = new TryOuts(app);
    this.pending = new Set();
    this.makeParts();
  }

  get open() {
    return !this.element.hidden;
  }

  toggle() {
    if (this.open) this.hide();
    else this.show();
  }

  show() {
    if (this.open) return;
    this.element.hidden = false;
    document.body.classList.add("panel-open");
    this.entered();
    this.app.state.tell("room");
    if (!matchMedia("(min-width: 1100px)").matches) this.close.focus();
  }

  hide() {
    this.element.hidden = true;
    document.body.classList.remove("panel-open");
    this.app.request("watch", { on: false });
    this.app.state.tell("room");
    document.querySelector(".panel-toggle")?.focus();
  }

  /** Start receiving updates, also after a reconnection. */
  entered() {
    if (this.open) this.app.request("watch", { on: true });
  }

  makeParts() {
    this.close = h("button", { type: "button", "aria-label": "Close behind the scenes", on: { click: () => this.app.toggle("panel") } }, icon("close"));
    this.botState = h("p", { class: "bot-line" });
    this.orders = h("div", { class: "row" });
    this.apiFaults = h("div", { class: "faults" });
    this.discordFaults = h("div", { class: "switches" });
    this.edits = h("figure", { class: "edits" });
    this.buckets = h("ul", { class: "buckets" });
    this.log = h("pre", { tabindex: "0", role: "region", "aria-label": "The bot's log" });
    const breaks = BREAKS.map(([fault, label]) => this.button(label, () => this.app.request("discord-fault", { fault, on: true })));
    this.element.append(
      h("header", {}, h("h2", {}, "Behind the scenes"), this.close),
      section("Bot", this.botState, this.orders, this.tryOuts.intent),
      section("More to try", this.tryOuts.element),
      section("Edits and rate limits", this.edits, this.buckets),
      section("Make a chat API fail", this.apiFaults),
      section("Make Discord fail", this.discordFaults, h("div", { class: "row" }, breaks)),
      section("Requests to the chat APIs", this.traffic.element),
      section("Bot log", this.log),
    );
  }

  button(label, click, style = "secondary") {
    return h("button", { class: `button ${style}`, type: "button", on: { click } }, label);
  }

  draw(look) {
    if (!this.open) return;
    this.drawBot(look.bot);
    this.tryOuts.draw(look.bot);
    this.drawFaults(look);
    this.drawEdits(look.edits);
    this.drawBuckets(look.buckets, look.refused);
    this.traffic.draw(look.traffic);
    const end = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 30;
    setText(this.log, look.log.join("\n"));
    if (end) this.log.scrollTop = this.log.scrollHeight;
  }

  drawBot({ state, note, pid, connected }) {
    const running = state === "running";
    const told = running ? `Running as process ${pid}, ${connected ? "connected" : "not connected"}. ${note}` : `${state[0].toUpperCase()}${state.slice(1)}. ${note}`;
    setText(this.botState, told);
    this.botState.className = running && connected ? "bot-line online" : "bot-line";
    if (this.drawnState === state) return;
    this.drawnState = state;
    const order = (what) => () => this.app.request("bot", { order: what });
    const orders = running
      ? [this.button("Restart", order("restart"), "primary"), this.button("Stop", order("stop")), this.button("Kill", order("kill"), "danger")]
      : [this.button("Start", order("start"), "primary")];
    const focused = this.orders.contains(document.activeElement);
    this.orders.replaceChildren(...(state === "running" || state === "stopped" ? orders : []));
    if (focused) (this.orders.firstChild ?? this.close).focus();
  }

  drawFaults({ apis, discord_faults: switches }) {
    if (!this.apiFaults.firstChild) {
      this.apiFaults.append(...apis.map((api) => this.drawApiFault(api)));
      this.discordFaults.append(...switches.map((each) => this.drawSwitch(each)));
    }
    for (const api of apis) {
      const select = document.getElementById(`fault-${api.name}`);
      if (!this.pending.has(select)) select.value = api.fault;
    }
    for (const each of switches) {
      const box = document.getElementById(`fault-${each.name}`);
      if (!this.pending.has(box)) box.checked = each.on;
    }
  }

  /** Send a control's new value; until it is applied, updates do not reset the control. */
  async order(control, action, parameters) {
    this.pending.add(control);
    await this.app.request(action, parameters);
    this.pending.delete(control);
  }

  drawApiFault(api) {
    const id = `fault-${api.name}`;
    const change = ({ currentTarget: select }) => this.order(select, "fault", { api: api.name, fault: select.value });
    const options = api.faults.map((fault) => h("option", { value: fault }, fault));
    return h("div", {}, h("label", { for: id }, LABELS[api.name]), h("select", { id, on: { change } }, h("option", { value: "" }, "no fault"), options));
  }

  drawSwitch({ name, label, on }) {
    const change = ({ currentTarget: box }) => this.order(box, "discord-fault", { fault: name, on: box.checked });
    return h("label", {}, h("input", { type: "checkbox", id: `fault-${name}`, checked: on, on: { change } }), label);
  }

  drawEdits(counts) {
    const now = counts.at(-2);
    const most = Math.max(5, ...counts);
    const bars = counts.map((count, place) => svg("rect", { x: place * 4, y: 24 - (count / most) * 24, width: 3, height: (count / most) * 24 }));
    const label = `Edits in each of the last ${counts.length} seconds, ${Math.max(...counts)} at most`;
    const chart = svg("svg", { viewBox: `0 0 ${counts.length * 4} 24`, preserveAspectRatio: "none", role: "img", "aria-label": label }, ...bars);
    this.edits.replaceChildren(chart, h("figcaption", {}, h("strong", {}, String(now)), ` edits in the last second; ${counts.reduce((one, other) => one + other)} in ${counts.length} s`));
  }

  drawBuckets(buckets, refused) {
    const lines = buckets.map(({ name, count, remaining, resets_in: wait }) => {
      const bar = h("span", { class: "bar", "aria-hidden": "true" }, h("span", {}));
      bar.firstChild.style.inlineSize = `${(remaining / count) * 100}%`;
      const rest = `${remaining} of ${count} left${wait > 0 ? `, full in ${wait.toFixed(1)} s` : ""}`;
      return h("li", { class: remaining === 0 ? "empty" : null }, h("span", {}, name), bar, h("small", {}, rest));
    });
    const none = h("li", { class: "none" }, "No rate limit in use.");
    const note = refused > 0 && h("li", { class: "none" }, `Responses with status 429: ${refused}`);
    this.buckets.replaceChildren(...(lines.length ? lines : [none]), ...(note ? [note] : []));
  }
}

function section(title, ...children) {
  return h("section", {}, h("h3", {}, title), children);
}
