// Notices above the message box: sentences that stay for a while, and the one that stays while the sandbox is offline.

import { h, icon } from "./dom.js";

const LASTS = 12_000;
const OFFLINE = "The sandbox is offline. This page looks for it again by itself.";
const RESTARTED = "If you have restarted the sandbox, open the address that it shows now.";
const LONG = 10_000;

/** Fills #notices. */
export class Notices {
  constructor() {
    this.place = document.getElementById("notices");
    this.offline = null;
    this.hint = null;
  }

  /** Show a sentence for a while; one that is shown already is not shown twice. */
  show(text) {
    for (const shown of this.place.children) if (shown.firstChild.textContent === text) shown.remove();
    const close = () => note.remove();
    const dismiss = h("button", { type: "button", "aria-label": "Dismiss", on: { click: close } }, icon("close"));
    const note = h("p", { class: "notice" }, h("span", {}, text), dismiss);
    this.place.append(note);
    setTimeout(close, LASTS);
  }

  /** Say that the sandbox is offline, until `online` is called. */
  lost() {
    if (this.offline) return;
    this.offline = h("p", { class: "notice" }, h("span", {}, OFFLINE));
    this.place.append(this.offline);
    this.hint = setTimeout(() => this.say(`${OFFLINE} ${RESTARTED}`), LONG);
  }

  /** Say in the same notice what could not be sent. */
  unsent(sentence) {
    if (this.offline) this.say(`${sentence} ${OFFLINE}`);
    else this.show(sentence);
  }

  online() {
    clearTimeout(this.hint);
    this.offline?.remove();
    this.offline = null;
  }

  say(text) {
    this.offline.firstChild.textContent = text;
  }
}
