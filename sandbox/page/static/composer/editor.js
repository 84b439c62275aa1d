// An own message being edited in its place: its text as it was written, with names in place of Discord's marks.

import { h } from "../dom.js";
import { LengthLine, MAX_MESSAGE } from "./length.js";
import { encode, unravel } from "./mentions.js";

/** At most one message in each channel is being edited; its draft remembers the text. */
export class Editor {
  constructor(app) {
    this.app = app;
    this.box = null;
    app.state.on("gone", (id) => this.id === id && this.end());
  }

  get draft() {
    return this.app.composer.draft;
  }

  /** The id of the message of the open channel that is being edited, or null. */
  get id() {
    return this.draft?.edit?.id ?? null;
  }

  start(message) {
    const before = this.id;
    this.draft.edit = { id: message.id, text: unravel(message.content, this.app.state).text };
    this.box = null;
    this.redraw(before);
    this.redraw(message.id);
    this.box?.area.focus();
  }

  end(draft = this.draft) {
    const { id } = draft.edit;
    draft.edit = this.box = null;
    this.app.composer.drafts.save();
    if (draft !== this.draft) return;
    this.redraw(id);
    this.app.composer.focus();
  }

  redraw(id) {
    const { state } = this.app;
    const message = state.messages.get(state.channelId)?.get(id);
    if (message) state.tell("message", { message, fresh: false });
  }

  /** Return the box to edit a message in; the same one until that ends, so that nothing typed is lost. */
  draw(message) {
    if (this.box?.message.id !== message.id) this.box = new Box(message, this);
    const { area, element } = this.box;
    // It is about to be moved into the redrawn message, and would lose the focus.
    if (document.activeElement === area) queueMicrotask(() => area.focus({ preventScroll: true }));
    return element;
  }
}

class Box {
  constructor(message, editor) {
    Object.assign(this, { message, editor, draft: editor.draft });
    const { text, names } = unravel(message.content, editor.app.state);
    Object.assign(this, { original: text, names });
    const on = { keydown: (event) => this.press(event), input: () => this.changed() };
    const problemId = `edit-problem-${message.id}`;
    this.area = h("textarea", { "aria-label": "Edit your message", "aria-describedby": problemId, "data-key": "edit", value: this.draft.edit.text, on });
    this.length = new LengthLine(this.area, { max: MAX_MESSAGE }, (typed) => this.encode(typed));
    this.problem = h("p", { class: "problem", id: problemId, role: "alert" });
    const buttons = [["Save", () => this.save(), "primary"], ["Cancel", () => editor.end(this.draft), "secondary"]];
    this.element = h(
      "div",
      { class: "editor" },
      this.area,
      this.length.element,
      this.problem,
      h("div", { class: "row" }, buttons.map(([label, click, style]) => h("button", { class: `button ${style}`, type: "button", on: { click } }, label))),
    );
  }

  encode(text) {
    return (text.length > 10 * MAX_MESSAGE ? text : encode(text, this.names)).trim();
  }

  changed() {
    this.problem.textContent = "";
    this.draft.edit.text = this.area.value;
    this.editor.app.composer.drafts.save();
  }

  press(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.editor.end(this.draft);
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.save();
  }

  async save() {
    const { app } = this.editor;
    const { channel, id } = this.message;
    const text = this.encode(this.area.value);
    const empty = !text && !this.message.files.length ? "A message needs a text. To remove it, delete it." : null;
    this.problem.textContent = empty ?? this.length.problem ?? "";
    if (this.problem.textContent) return;
    const unchanged = this.area.value === this.original;
    if (unchanged || (await app.request("edit", { channel, message: id, text })) !== undefined) this.editor.end(this.draft);
  }
}
