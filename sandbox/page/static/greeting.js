// The greeting on a first visit: three things to try, one click each.

import { h, icon } from "./dom.js";

const SEEN = "switchboard-greeted";

/** Fills #greeting until it is closed; the browser remembers that. */
export class Greeting {
  constructor(app) {
    this.app = app;
    this.place = document.getElementById("greeting");
    this.closed = localStorage.getItem(SEEN) !== null;
    app.state.on("places", () => this.draw());
  }

  draw() {
    const { greeting, suggestions } = this.app.state.everything;
    if (this.closed) this.place.replaceChildren();
    if (this.closed || this.place.firstChild) return;
    const close = h("button", { type: "button", class: "close", "aria-label": "Close the greeting", on: { click: () => this.close() } }, icon("close"));
    this.place.append(
      h(
        "section",
        { class: "greeting", "aria-labelledby": "greeting-title" },
        close,
        h("h2", { id: "greeting-title" }, "Welcome! This is Switchboard on a local copy of Discord."),
        h("p", {}, greeting),
        h("div", { class: "suggestions-to-try" }, suggestions.filter((each) => each.about).map((each) => this.drawSuggestion(each))),
        this.drawWishes(suggestions.filter((each) => !each.about)),
      ),
    );
  }

  drawSuggestion(each) {
    return h("button", { type: "button", on: { click: () => this.app.tryOut(each) } }, h("strong", {}, each.title), h("span", {}, each.about));
  }

  drawWishes(suggestions) {
    if (!suggestions.length) return null;
    const draw = (each) => h("button", { type: "button", class: "chip", on: { click: () => this.app.tryOut(each) } }, each.title);
    return h("div", { class: "wishes", role: "group", "aria-label": "Or ask for" }, h("span", {}, "Or ask for"), suggestions.map(draw));
  }

  close() {
    localStorage.setItem(SEEN, "yes");
    this.closed = true;
    this.draw();
    this.app.composer.focus();
  }
}
