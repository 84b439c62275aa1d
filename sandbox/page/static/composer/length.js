// How long a text may be, as Discord counts, and a line below a field that says so before anything is sent.

import { h } from "../dom.js";

export const MAX_MESSAGE = 2000;
const PAIRS = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;
const numbers = new Intl.NumberFormat("en");

/** Count characters (code points), which is what Discord limits: an emoji is often one of them, and two in JavaScript. */
export function countCharacters(text) {
  return text.length - (text.match(PAIRS)?.length ?? 0);
}

const told = (count) => `${numbers.format(count)} ${count === 1 ? "character" : "characters"}`;

/** Return in one sentence why a text of this length is refused, or null. An empty one is not too short. */
export function lengthProblem(length, { min = 0, max }) {
  if (length > max) return `This is ${told(length - max)} too long: at most ${numbers.format(max)} can be sent.`;
  return length > 0 && length < min ? `This is too short: it needs at least ${told(min)}.` : null;
}

/** Return how much is left, once that is a tenth of the limit or ten characters; otherwise an empty text. */
export function remaining(length, max) {
  const left = max - length;
  if (left < 0) return `${told(-left)} too many`;
  return left <= Math.max(10, max / 10) ? `${told(left)} left` : "";
}

/** A line for a field's length. `measure` returns the text that would be sent for the field's. */
export class LengthLine {
  constructor(field, limits, measure = (text) => text) {
    Object.assign(this, { field, limits, measure, stage: "" });
    this.count = h("span", { class: "count" });
    this.announced = h("span", { class: "unseen", "aria-live": "polite" });
    this.element = h("p", { class: "length", hidden: true }, this.count, this.announced);
    field.addEventListener("input", () => this.draw());
    this.draw();
  }

  /** Why the field's text cannot be sent, or null. */
  get problem() {
    return lengthProblem(this.length, this.limits);
  }

  get length() {
    return countCharacters(this.measure(this.field.value));
  }

  draw() {
    const { length } = this;
    const { max } = this.limits;
    const text = remaining(length, max);
    this.count.textContent = text;
    this.element.hidden = !text;
    this.element.classList.toggle("over", length > max);
    this.field.setAttribute("aria-invalid", String(length > max));
    // Announced when the limit comes near and when it is passed, not at every letter.
    const stage = length > max ? "over" : text ? "near" : "";
    if (stage !== this.stage) this.announced.textContent = stage && `, ${stage === "over" ? "too long" : "near the limit"}`;
    this.stage = stage;
  }
}

/** Have a form refuse a field's text that is too short or too long, with a sentence; returns the line to show below it. */
export function limit(field, limits) {
  const line = new LengthLine(field, limits);
  const check = () => field.setCustomValidity(line.problem ?? "");
  field.addEventListener("input", check);
  check();
  return line.element;
}
