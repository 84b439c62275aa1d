// The message box: a message with mentions, files and a reply, or a slash command with its options.

import { h, icon } from "../dom.js";
import { readFile } from "./files.js";
import { CommandForm } from "./slash.js";
import { Suggestions } from "./suggestions.js";

const TELL_TYPING_EVERY = 8000;
const LONGEST = 2000;

/** Draws #composer. */
export class Composer {
  constructor(app) {
    this.app = app;
    this.state = app.state;
    this.place = document.getElementById("composer");
    this.files = [];
    this.commands = [];
    this.toldTyping = 0;
    this.makeParts();
    for (const kind of ["room", "answering"]) this.state.on(kind, () => this.draw());
  }

  makeParts() {
    const on = { keydown: (event) => this.press(event), input: () => this.changed(), paste: (event) => this.paste(event) };
    this.text = h("textarea", { id: "text", rows: "1", maxlength: LONGEST, on });
    this.suggestions = new Suggestions(this.text, { find: () => this.suggest(), take: (item) => item.run(), label: "Suggestions" });
    this.chooser = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-label": "Attach files", on: { change: () => this.attach(this.chooser.files) } });
    this.above = h("div", { class: "answering" });
    const attach = h("button", { type: "button", "aria-label": "Attach files", title: "Attach files", on: { click: () => this.chooser.click() } }, icon("plus"));
    const send = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send" }, icon("send"));
    const submit = (event) => {
      event.preventDefault();
      this.send();
    };
    this.form = h("form", { class: "box", on: { submit } }, attach, this.chooser, this.text, send);
    this.writing = h("div", { class: "writing" }, this.suggestions.list, this.above, this.form);
    this.place.append(this.writing);
  }

  draw() {
    const { channel, replyTo } = this.state;
    const may = channel?.may_write ?? false;
    const where = channel?.user ? `@${channel.name}` : `#${channel?.name}`;
    for (const part of this.form.elements) part.disabled = !may;
    this.text.placeholder = may ? `Message ${where}` : "You do not have permission to send messages in this channel";
    this.text.setAttribute("aria-label", `Message ${where}`);
    if (this.command) this.leaveCommand();
    const cancel = () => this.app.reply(null);
    this.above.replaceChildren(
      ...(replyTo ? [chip(`Replying to ${replyTo.author.name}`, cancel, "Stop replying")] : []),
      ...this.files.map((file, place) => chip(file.name, () => this.detach(place), `Remove ${file.name}`)),
    );
    this.resize();
  }

  focus() {
    (this.command?.first ?? this.text).focus();
  }

  press(event) {
    if (event.key === "Escape" && this.state.replyTo) this.app.reply(null);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || this.suggestions.open) return;
    event.preventDefault();
    this.send();
  }

  changed() {
    this.resize();
    const typed = this.text.value;
    const exact = /^\/(.+) $/.exec(typed);
    const command = exact && this.commands.find((each) => each.name === exact[1]);
    if (command) this.enterCommand(command);
    else if (typed && !typed.startsWith("/") && Date.now() - this.toldTyping > TELL_TYPING_EVERY) {
      this.toldTyping = Date.now();
      this.app.request("type", { channel: this.state.channelId });
    }
  }

  resize() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 220)}px`;
  }

  /** Return suggestions for the text before the caret: commands, people, roles or channels. */
  async suggest() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    if (/^\/[^\n]*$/.test(before)) return this.suggestCommands(before.slice(1).toLowerCase());
    const found = /(?:^|\s)([@#])([^@#\n]{0,32})$/.exec(before);
    if (!found) return [];
    const names = found[1] === "@" ? this.mentionable() : (this.state.guild?.channels ?? []).map((each) => ({ ...each, about: each.topic }));
    const typed = found[2].toLowerCase();
    const start = before.length - typed.length - 1;
    return names
      .filter((each) => each.name.toLowerCase().startsWith(typed))
      .map((each) => ({ label: found[1] + each.name, about: each.about, run: () => this.insert(start, found[1] + each.name) }));
  }

  async suggestCommands(typed) {
    const result = await this.app.request("commands", { channel: this.state.channelId });
    this.commands = result?.commands ?? [];
    return this.commands
      .filter((each) => each.name.includes(typed))
      .map((each) => ({ label: `/${each.name}`, about: each.about, run: () => this.enterCommand(each) }));
  }

  mentionable() {
    const members = this.state.members.filter((each) => each.id !== this.state.me);
    const people = members.map((each) => ({ ...each, about: each.bot ? "bot" : "" })).sort((one, other) => Number(other.bot) - Number(one.bot));
    return [...people, ...(this.state.guild?.roles ?? []).map((role) => ({ ...role, about: "role" }))];
  }

  insert(start, name) {
    this.text.setRangeText(`${name} `, start, this.text.selectionStart, "end");
    this.resize();
  }

  /** Return the text with names of people, roles and channels as Discord writes them. */
  encode(text) {
    const { members, guild } = this.state;
    const names = [
      ...members.map((each) => [`@${each.name}`, `<@${each.id}>`]),
      ...(guild?.roles ?? []).map((each) => [`@${each.name}`, `<@&${each.id}>`]),
      ...(guild?.channels ?? []).map((each) => [`#${each.name}`, `<#${each.id}>`]),
    ].sort(([one], [other]) => other.length - one.length);
    const escaped = names.map(([name]) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    if (!escaped.length) return text;
    const written = new RegExp(`(?<![\\w<])(?:${escaped.join("|")})(?!\\w)`, "gi");
    return text.replaceAll(written, (found) => names.find(([name]) => name.toLowerCase() === found.toLowerCase())[1]);
  }

  async send() {
    const [written, attached] = [this.text.value, this.files];
    const text = this.encode(written).trim();
    if (!text && !attached.length) return;
    const parameters = { channel: this.state.channelId, text, reply_to: this.state.replyTo?.id ?? null };
    this.text.value = "";
    this.files = [];
    this.toldTyping = 0;
    const files = await Promise.all(attached.map(readFile));
    if ((await this.app.request("say", { ...parameters, files })) === undefined) {
      // Refused: put the text and files back.
      this.text.value ||= written;
      this.files.unshift(...attached);
      this.draw();
      return;
    }
    this.app.reply(null);
  }

  attach(files) {
    this.files.push(...files);
    this.chooser.value = "";
    this.draw();
    this.text.focus();
  }

  detach(place) {
    this.files.splice(place, 1);
    this.draw();
    this.text.focus();
  }

  paste(event) {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    this.attach(event.clipboardData.files);
  }

  enterCommand(command) {
    this.text.value = "";
    this.suggestions.close();
    this.command = new CommandForm(command, this.app, () => this.leaveCommand(true));
    this.writing.hidden = true;
    this.place.append(this.command.element);
    this.command.first.focus();
  }

  leaveCommand(focus = false) {
    this.command?.element.remove();
    this.command = null;
    this.writing.hidden = false;
    this.resize();
    if (focus) this.text.focus();
  }
}

function chip(text, remove, label) {
  return h("span", { class: "chip" }, text, h("button", { type: "button", "aria-label": label, on: { click: remove } }, icon("close")));
}
