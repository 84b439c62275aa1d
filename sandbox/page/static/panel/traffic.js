// Requests to the chat APIs with their responses, newest first; details on click. The server has removed all secrets.

import { h, setText } from "../dom.js";

const MAX_SHOWN = 60;

/** A list that keeps its opened entries open while they change. */
export class Traffic {
  constructor(labels) {
    this.labels = labels;
    this.entries = new Map();
    this.list = h("div", { class: "traffic" });
    this.none = h("p", { class: "none" }, "No requests yet.");
    this.element = h("div", {}, this.none, this.list);
  }

  draw(changed) {
    for (const view of changed) {
      const key = `${view.api}-${view.number}`;
      const entry = this.entries.get(key) ?? this.add(key);
      this.fill(entry, view);
    }
    this.none.hidden = this.entries.size > 0;
  }

  add(key) {
    const entry = { title: h("strong"), outcome: h("span", { class: "outcome" }), question: h("span", { class: "question" }), detail: h("pre", { tabindex: "0" }) };
    entry.element = h("details", {}, h("summary", {}, entry.title, entry.outcome, entry.question), entry.detail);
    this.entries.set(key, entry);
    this.list.prepend(entry.element);
    if (this.entries.size > MAX_SHOWN) {
      const [oldest, gone] = this.entries.entries().next().value;
      gone.element.remove();
      this.entries.delete(oldest);
    }
    return entry;
  }

  fill(entry, view) {
    const { answer } = view;
    const ok = answer.outcome === "complete" && answer.status < 400;
    const told = [answer.status, answer.outcome === "complete" ? null : answer.outcome, view.fault && `fault: ${view.fault}`];
    setText(entry.title, this.labels[view.api]);
    setText(entry.outcome, told.filter(Boolean).join(", ") || "…");
    entry.outcome.className = `outcome ${answer.outcome === "running" ? "" : ok && !view.fault ? "ok" : "error"}`;
    setText(entry.question, view.question ?? view.path);
    entry.detail.setAttribute("aria-label", `Request ${view.number} to ${this.labels[view.api]}`);
    entry.detail.setAttribute("role", "region");
    setText(entry.detail, describe(view));
  }
}

function describe({ method, path, headers, fields, refused, answer }) {
  const shown = Object.entries(headers).filter(([name]) => /^(authorization|content-type|accept|retry-after)$/i.test(name));
  const lines = [
    `${method} ${path}`,
    ...shown.map(([name, value]) => `${name}: ${value}`),
    "",
    JSON.stringify(fields, null, 2),
    "",
    ...(refused ? [`refused: ${refused}`, ""] : []),
    `→ ${answer.status ?? "no response yet"}, ${answer.size} bytes, ${answer.outcome}`,
    "",
    answer.body,
  ];
  return lines.join("\n");
}
