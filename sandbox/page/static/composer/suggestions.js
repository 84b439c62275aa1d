// Suggestions above a text field: arrows move, Tab or Enter takes one, Escape closes; the field keeps the focus.
// They may come later than the next key: what is shown until then was found for less, so Enter and Tab wait for them.

import { h } from "../dom.js";

const MAX_SHOWN = 25;
let lists = 0;

/**
 * Offers what `find(field)` returns (also later), each with `label` and perhaps `about` and `from`; `take(item)` takes one.
 * `enter()` does what Enter does in the field if there is none to take.
 */
export class Suggestions {
  constructor(field, { find, take, enter, label }) {
    Object.assign(this, { field, find, take, enter });
    this.items = [];
    this.active = 0;
    this.asked = 0;
    /** What was asked last is answered, or of no interest any more. */
    this.answered = true;
    /** The key that waits for the answer: "Enter", "Tab" or none. */
    this.held = null;
    this.list = h("ul", { class: "suggestions", id: `suggestions-${(lists += 1)}`, role: "listbox", "aria-label": label, hidden: true });
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("autocomplete", "off");
    field.addEventListener("input", () => this.look());
    // Closed at once, never a while later: by then somebody may be back and typing. A click on the list leaves the focus.
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    field.addEventListener("keydown", (event) => this.press(event));
  }

  get open() {
    return this.items.length > 0;
  }

  /** Whether keys are for the suggestions: some are shown, or on their way. */
  get busy() {
    return this.open || !this.answered;
  }

  async look() {
    const asked = (this.asked += 1);
    this.answered = false;
    this.held = null;
    const items = (await this.find(this.field)) ?? [];
    // A later keystroke has sent its own request; only the newest answer counts.
    if (asked !== this.asked) return;
    const { held } = this;
    this.show(document.activeElement === this.field ? items.slice(0, MAX_SHOWN) : []);
    if (held && this.open) this.accept(this.items[this.active]);
    else if (held === "Enter") this.enter();
  }

  show(items) {
    const chosen = this.active && items.findIndex((each) => each.label === this.items[this.active].label);
    this.items = items;
    this.active = Math.max(0, chosen);
    this.answered = true;
    this.held = null;
    this.list.hidden = !this.open;
    this.draw();
  }

  close() {
    this.asked += 1;
    this.show([]);
  }

  draw() {
    const options = this.items.map((item, place) => {
      const id = `${this.list.id}-${place}`;
      const on = { click: () => this.accept(item) };
      const about = item.about && h("small", {}, item.about);
      const from = item.from && h("small", { class: "from" }, item.from);
      return h("li", { id, role: "option", "aria-selected": String(place === this.active), on }, h("span", {}, item.label), about, from);
    });
    this.list.replaceChildren(...options);
    if (!this.open) {
      for (const name of ["aria-activedescendant", "aria-controls"]) this.field.removeAttribute(name);
      return;
    }
    this.field.setAttribute("aria-controls", this.list.id);
    this.field.setAttribute("aria-activedescendant", options[this.active].id);
    options[this.active].scrollIntoView({ block: "nearest" });
  }

  press(event) {
    if (!this.busy || event.isComposing) return;
    const step = this.open && { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const takes = (event.key === "Enter" && !event.shiftKey) || (event.key === "Tab" && this.open);
    if (step) {
      this.active = (this.active + step + this.items.length) % this.items.length;
      this.draw();
    } else if (takes && this.answered) this.accept(this.items[this.active]);
    else if (takes) this.held = event.key;
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  accept(item) {
    this.close();
    this.take(item);
    this.field.focus();
  }
}
