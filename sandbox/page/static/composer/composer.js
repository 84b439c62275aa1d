// The message box: a message with mentions, files and a reply, or a slash command with its options.

import { h, icon } from "../dom.js";
import { CommandForms } from "./command_forms.js";
import { complete } from "./completions.js";
import { Drafts } from "./drafts.js";
import { filesProblem, readFile } from "./files.js";
import { LengthLine, MAX_MESSAGE } from "./length.js";
import { encode, namesFor } from "./mentions.js";
import { Suggestions } from "./suggestions.js";

const TELL_TYPING_EVERY = 8000;
const MAX_HEIGHT = 220;

/** Draws #composer: the draft of the open channel. */
export class Composer {
  constructor(app) {
    this.app = app;
    this.state = app.state;
    this.place = document.getElementById("composer");
    this.drafts = new Drafts();
    this.draft = null;
    this.forms = new CommandForms(this);
    this.commands = [];
    this.toldTyping = 0;
    this.makeParts();
    this.state.on("room", () => this.enter());
    this.state.on("gone", (id) => this.draft?.reply?.id === id && this.reply(null));
  }

  makeParts() {
    const on = { keydown: (event) => this.press(event), input: () => this.changed(), paste: (event) => this.paste(event) };
    this.text = h("textarea", { id: "text", rows: "1", "aria-describedby": "text-problem", on });
    this.length = new LengthLine(this.text, { max: MAX_MESSAGE }, (text) => this.encode(text).trim());
    this.suggestions = new Suggestions(this.text, { find: () => this.suggest(), take: (item) => item.run(), enter: () => this.send(), label: "Suggestions" });
    this.chooser = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-label": "Attach files", on: { change: () => this.attach(this.chooser.files) } });
    this.above = h("div", { class: "answering" });
    const attach = h("button", { type: "button", "aria-label": "Attach files", title: "Attach files", on: { click: () => this.chooser.click() } }, icon("plus"));
    const send = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send" }, icon("send"));
    const submit = (event) => {
      event.preventDefault();
      this.send();
    };
    this.form = h("form", { class: "box", on: { submit } }, attach, this.chooser, this.text, send);
    this.problem = h("p", { class: "problem", id: "text-problem", role: "alert" });
    this.writing = h("div", { class: "writing" }, this.suggestions.list, this.above, this.problem, this.form, this.length.element);
    this.place.append(this.writing);
  }

  /** Show the draft of the channel and person, if it is not shown already. */
  enter() {
    const draft = this.drafts.of(this.state.me, this.state.channelId);
    if (draft !== this.draft) {
      this.draft = draft;
      this.commands = [];
      this.suggestions.close();
      this.problem.textContent = "";
    }
    this.draw();
    this.forms.restore();
  }

  draw() {
    const { draft, state } = this;
    const { channel } = state;
    const may = channel?.may_write ?? false;
    const where = channel?.user ? `@${channel.name}` : `#${channel?.name}`;
    for (const part of this.form.elements) part.disabled = !may;
    this.text.placeholder = may ? `Message ${where}` : "You do not have permission to send messages in this channel";
    this.text.setAttribute("aria-label", `Message ${where}`);
    if (this.text.value !== draft.text) this.text.value = draft.text;
    this.above.replaceChildren(
      ...(draft.reply ? [chip(`Replying to ${draft.reply.author}`, () => this.reply(null), "Stop replying")] : []),
      ...draft.files.map((file, place) => chip(file.name, () => this.detach(place), `Remove ${file.name}`)),
    );
    this.writing.hidden = Boolean(draft.form);
    this.forms.draw();
    this.resize();
    this.length.draw();
  }

  focus() {
    (this.draft.form?.first ?? this.text).focus();
  }

  press(event) {
    if (this.suggestions.busy || event.isComposing) return;
    if (event.key === "Escape" && this.draft.reply) this.reply(null);
    if (event.key === "ArrowUp" && !this.text.value) {
      const newest = this.state.shown.findLast((message) => message.mine && !message.system);
      if (newest) this.app.editor.start(newest);
      event.preventDefault();
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.send();
  }

  changed() {
    const typed = this.text.value;
    this.draft.text = typed;
    this.problem.textContent = "";
    this.drafts.save();
    this.resize();
    if (typed && !typed.startsWith("/") && Date.now() - this.toldTyping > TELL_TYPING_EVERY) {
      this.toldTyping = Date.now();
      this.app.request("type", { channel: this.state.channelId });
    }
    this.enterTyped();
  }

  /** Enter a command whose name is written, with a space after it. */
  enterTyped() {
    const command = this.commands.find((each) => this.text.value === `/${each.name} `);
    if (command) this.enterCommand(command);
  }

  resize() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, MAX_HEIGHT)}px`;
  }

  suggest() {
    const { app, draft } = this;
    const insert = (start, name, mark) => this.insert(start, name, mark);
    const found = (commands) => {
      if (draft !== this.draft) return;
      this.commands = commands;
      this.enterTyped();
    };
    const enterCommand = (command) => this.enterCommand(command);
    return complete(this.text.value.slice(0, this.text.selectionStart), { app, insert, enterCommand, found });
  }

  /** Put in a name, or its mark if another one has the same name. */
  insert(start, name, mark) {
    const written = this.encode(name) === mark ? name : mark;
    this.text.setRangeText(`${written} `, start, this.text.selectionStart, "end");
    this.changed();
    this.length.draw();
  }

  encode(text) {
    // What is far too long is counted as it is; without a text there may be no channel yet.
    return !text || text.length > 10 * MAX_MESSAGE ? text : encode(text, namesFor(this.state));
  }

  async send() {
    const { draft } = this;
    const text = this.encode(draft.text).trim();
    if (!text && !draft.files.length) return;
    this.problem.textContent = this.length.problem ?? filesProblem(draft.files) ?? "";
    if (this.problem.textContent) return;
    const parameters = { channel: this.state.channelId, text, reply_to: draft.reply?.id ?? null };
    const taken = draft.takeOut();
    this.toldTyping = 0;
    this.draw();
    if (!(await this.say(parameters, taken.files))) draft.putBack(taken);
    this.drafts.save();
    if (draft === this.draft) this.draw();
  }

  /** Send a message; returns whether it was accepted. */
  async say(parameters, attached) {
    let files;
    try {
      files = await Promise.all(attached.map(readFile));
    } catch {
      this.app.notice("A file can no longer be read, so nothing was sent. Remove it, or choose it again.");
      return false;
    }
    return (await this.app.request("say", { ...parameters, files })) !== undefined;
  }

  reply(message) {
    this.draft.reply = message && { id: message.id, author: message.author.name };
    this.drafts.save();
    this.draw();
    if (message) this.focus();
  }

  attach(files) {
    this.draft.files.push(...files);
    this.chooser.value = "";
    this.draw();
    this.text.focus();
  }

  detach(place) {
    this.draft.files.splice(place, 1);
    this.problem.textContent = "";
    this.draw();
    this.text.focus();
  }

  paste(event) {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    this.attach(event.clipboardData.files);
  }

  enterCommand(command) {
    this.draft.text = "";
    this.suggestions.close();
    this.forms.open(command);
    this.focus();
  }
}

function chip(text, remove, label) {
  return h("span", { class: "chip" }, text, h("button", { type: "button", "aria-label": label, on: { click: remove } }, icon("close")));
}
