// A first visit's greeting: three things to try, each a click.

import { h, icon } from "./dom.js";

const SEEN = "switchboard-greeted";

/** Fills #greeting until it is closed, which is remembered. */
export class Greeting {
  constructor(app) {
    this.app = app;
    this.place = document.getElementById("greeting");
    this.closed = localStorage.getItem(SEEN) !== null;
    app.state.on("places", () => this.draw());
  }

  draw() {
    const { suggestions } = this.app.state.everything;
    if (this.closed) this.place.replaceChildren();
    if (this.closed || this.place.firstChild) return;
    const close = h("button", { type: "button", class: "close", "aria-label": "Close the greeting", on: { click: () => this.close() } }, icon("close"));
    this.place.append(
      h(
        "section",
        { class: "greeting", "aria-labelledby": "greeting-title" },
        close,
        h("h2", { id: "greeting-title" }, "Hello! This is Switchboard, on a Discord of its own."),
        h("p", {}, "The real bot runs here against a local Discord and local chat APIs. Nothing leaves your machine. Three things to try:"),
        h("div", { class: "suggestions-to-try" }, suggestions.map((each) => this.drawSuggestion(each))),
      ),
    );
  }

  drawSuggestion(each) {
    return h("button", { type: "button", on: { click: () => this.app.tryOut(each) } }, h("strong", {}, each.title), h("span", {}, each.about));
  }

  close() {
    localStorage.setItem(SEEN, "yes");
    this.closed = true;
    this.draw();
    this.app.composer.focus();
  }
}
