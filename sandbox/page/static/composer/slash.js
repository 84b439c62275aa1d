// A slash command being filled in: a field for each option, as the bot registered it.

import { h } from "../dom.js";
import { readFile } from "./files.js";
import { limit } from "./length.js";
import { Refused } from "../link.js";
import { Suggestions } from "./suggestions.js";

const STRING = 3, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, MENTIONABLE = 9, NUMBER = 10, ATTACHMENT = 11;
const MAX_STRING = 6000;
const PAUSE_BEFORE_ASKING = 150;

/** A form for one command; `changed` is called when something is filled in, `end` when it is sent or cancelled. */
export class CommandForm {
  constructor(command, app, { changed, end, refused }) {
    Object.assign(this, { command, app, end, refused });
    this.channel = app.state.channelId;
    this.fields = command.options.map((option) => new OptionField(option, this));
    const submit = (event) => {
      event.preventDefault();
      this.send();
    };
    const keydown = (event) => event.key === "Escape" && end();
    const send = h("button", { class: "button primary", type: "submit" }, "Send");
    const cancel = h("button", { class: "button secondary", type: "button", on: { click: end } }, "Cancel");
    const from = app.state.userName(command.bot);
    this.problem = h("p", { class: "problem", role: "alert" });
    this.element = h(
      "form",
      { class: "command", "aria-label": `Command /${command.name}`, on: { submit, keydown, input: changed } },
      h("p", { class: "command-head" }, h("strong", {}, `/${command.name}`), h("span", {}, command.about), h("small", {}, from)),
      this.fields.map((field) => field.element),
      this.problem,
      h("div", { class: "row" }, send, cancel),
    );
    this.first = this.fields[0]?.input ?? send;
  }

  /** What of it outlives a reload: its name, and what is in the fields, but for files. */
  get kept() {
    const values = this.fields.map((field) => [field.option.name, field.kept]).filter(([, value]) => value);
    return { name: this.command.name, values: Object.fromEntries(values) };
  }

  fill(values) {
    for (const field of this.fields) if (values[field.option.name]) field.fill(values[field.option.name]);
  }

  /** Return what is filled in so far. */
  async options() {
    const filled = await Promise.all(this.fields.map(async (field) => [field.option.name, await field.value()]));
    return Object.fromEntries(filled.filter(([, value]) => value !== null));
  }

  async send() {
    this.problem.textContent = "";
    const parameters = { channel: this.channel, command: this.command.name, options: await this.options() };
    this.end();
    this.app.timeline.history.toNewest();
    try {
      await this.app.finish("slash", parameters);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refused(error.message);
    }
  }

  tell(sentence) {
    this.problem.textContent = sentence;
  }
}

class OptionField {
  constructor(option, form) {
    Object.assign(this, { option, form });
    this.taken = null;
    const id = `option-${option.name}`;
    this.input = this.makeInput(id);
    const required = option.required ? h("span", { class: "required" }, "required") : null;
    const length = option.type === STRING && this.input.type === "text" ? limit(this.input, limitsOf(option)) : null;
    this.element = h("div", { class: "field" }, h("label", { for: id }, option.name, required), this.input, h("small", { id: `${id}-about` }, option.description), length);
    if (option.autocomplete) this.suggest();
  }

  makeInput(id) {
    const { option } = this;
    const shared = { id, required: option.required, "aria-describedby": `${id}-about` };
    const choices = this.choices();
    if (choices) {
      const entries = choices.map(([value, label]) => h("option", { value }, label));
      return h("select", shared, h("option", { value: "" }, option.required ? "Choose…" : "–"), entries);
    }
    if (option.type === ATTACHMENT) return h("input", { ...shared, type: "file" });
    if (option.type === INTEGER || option.type === NUMBER) {
      const step = option.type === INTEGER ? "1" : "any";
      return h("input", { ...shared, type: "number", step, min: option.min_value, max: option.max_value });
    }
    return h("input", { ...shared, type: "text", autocomplete: "off" });
  }

  /** What of it outlives a reload, or null. */
  get kept() {
    if (this.option.type === ATTACHMENT || this.input.value === "") return null;
    return { value: this.input.value, taken: this.taken };
  }

  fill({ value, taken }) {
    this.input.value = value;
    this.input.dispatchEvent(new Event("input"));
    this.taken = taken;
  }

  /** Return the choices, or null for a text field. */
  choices() {
    const { option, form } = this;
    const { state } = form.app;
    if (option.choices?.length) return option.choices.map((choice, place) => [String(place), choice.name]);
    const members = state.members.map((each) => [each.id, `@${each.name}`]);
    const roles = (state.guild?.roles ?? []).map((each) => [each.id, `@${each.name}`]);
    const kinds = option.channel_types;
    const channels = (state.guild?.channels ?? []).filter((each) => !kinds || kinds.includes(each.type)).map((each) => [each.id, `#${each.name}`]);
    const found = { [BOOLEAN]: [["true", "True"], ["false", "False"]], [USER]: members, [ROLE]: roles, [CHANNEL]: channels, [MENTIONABLE]: [...members, ...roles] };
    return found[option.type] ?? null;
  }

  /** Return the value as requests carry it, or null if nothing is filled in. */
  async value() {
    const { option, input } = this;
    if (option.type === ATTACHMENT) return input.files.length ? readFile(input.files[0]) : null;
    if (input.value === "") return null;
    if (option.choices?.length) return option.choices[Number(input.value)].value;
    if (option.type === BOOLEAN) return input.value === "true";
    if (option.type === INTEGER || option.type === NUMBER) return Number(input.value);
    return this.taken?.name === input.value ? this.taken.value : input.value;
  }

  /** Return the bot's choices; fields that are not valid yet are no reason to interrupt. */
  async ask(parameters) {
    try {
      return (await this.form.app.link.ask("autocomplete", parameters)).choices;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return [];
    }
  }

  /** Ask the bot for suggestions while typing. */
  suggest() {
    const { option, form, input } = this;
    let asked = 0;
    const find = async () => {
      const mine = (asked += 1);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_BEFORE_ASKING));
      if (mine !== asked) return [];
      const options = await form.options();
      delete options[option.name];
      const parameters = { channel: form.app.state.channelId, command: form.command.name, option: option.name, typed: input.value, options };
      return (await this.ask(parameters)).map((choice) => ({ label: choice.name, choice }));
    };
    const take = ({ choice }) => {
      this.taken = choice;
      input.value = choice.name;
    };
    const enter = () => input.form.requestSubmit();
    const suggestions = new Suggestions(input, { find, take, enter, label: `Suggestions for ${option.name}` });
    input.addEventListener("focus", () => suggestions.look());
    input.after(suggestions.list);
  }
}

const limitsOf = (option) => ({ min: option.min_length, max: option.max_length ?? MAX_STRING });
