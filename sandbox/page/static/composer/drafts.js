// What is written and not sent yet, for each person and channel. Texts outlive a reload of the tab; chosen files cannot.

const KEY = "switchboard-drafts";

/** One channel's draft of one person. */
export class Draft {
  constructor({ text = "", reply = null, command = null, edit = null } = {}) {
    this.text = text;
    /** The message that is replied to: its `id` and its `author`'s name. */
    this.reply = reply;
    this.files = [];
    /** A slash command that is being filled in: its form, and what of it outlives a reload. */
    this.form = null;
    this.command = command;
    /** The own message that is being edited: its `id` and the `text` so far. */
    this.edit = edit;
  }

  get kept() {
    const { text, reply, command, edit } = this;
    return text || reply || command || edit ? { text, reply, command, edit } : null;
  }

  /** Take text and files out, to send them. */
  takeOut() {
    const { text, files, reply } = this;
    Object.assign(this, { text: "", files: [], reply: null });
    return { text, files, reply };
  }

  /** Put back what could not be sent, before what was written since. */
  putBack({ text, files, reply }) {
    this.text = [text, this.text].filter(Boolean).join("\n");
    this.files = [...files, ...this.files];
    this.reply ??= reply;
  }
}

/** All drafts of this tab. */
export class Drafts {
  constructor(storage = sessionStorage) {
    this.storage = storage;
    this.all = new Map(Object.entries(this.read()).map(([key, kept]) => [key, new Draft(kept ?? {})]));
  }

  /** Return the draft of a person in a channel; call `save` after changing it. */
  of(person, channel) {
    const key = `${person}/${channel}`;
    if (!this.all.has(key)) this.all.set(key, new Draft());
    return this.all.get(key);
  }

  save() {
    const kept = [...this.all].map(([key, draft]) => [key, draft.kept]).filter(([, draft]) => draft);
    try {
      this.storage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)));
    } catch {
      // The browser's space for it is full: drafts last until the tab is closed or loaded again.
    }
  }

  read() {
    try {
      return JSON.parse(this.storage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  }
}
