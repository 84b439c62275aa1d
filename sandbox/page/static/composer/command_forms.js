// Slash commands being filled in, one for each draft: opened, kept over a reload, and taken back if they are refused.

import { offeredCommands } from "./completions.js";
import { CommandForm } from "./slash.js";

/** Shows the form of the composer's draft in place of the message box. */
export class CommandForms {
  constructor(composer) {
    this.composer = composer;
    this.app = composer.app;
  }

  draw() {
    const { place, draft } = this.composer;
    const shown = place.querySelector(":scope > form");
    if (shown === (draft.form?.element ?? null)) return;
    shown?.remove();
    if (draft.form) place.append(draft.form.element);
  }

  open(command, values = {}) {
    const { draft } = this.composer;
    const form = new CommandForm(command, this.app, {
      changed: () => this.keep(draft, form),
      end: () => this.leave(draft),
      refused: (sentence) => this.takeBack(draft, form, sentence),
    });
    form.fill(values);
    this.keep(draft, form);
  }

  keep(draft, form) {
    draft.form = form;
    draft.command = form?.kept ?? null;
    this.composer.drafts.save();
    if (draft === this.composer.draft) this.composer.draw();
  }

  leave(draft) {
    this.keep(draft, null);
    if (draft === this.composer.draft) this.composer.text.focus();
  }

  /** A command was refused: show it again as it was filled in, unless another one is there by now. */
  takeBack(draft, form, sentence) {
    if (draft.form) {
      this.app.notice(sentence);
      return;
    }
    this.keep(draft, form);
    form.tell(sentence);
    if (draft === this.composer.draft) this.composer.focus();
    else this.app.notice(sentence);
  }

  /** After a reload, make the form again out of what was filled in. */
  async restore() {
    const { draft } = this.composer;
    if (!draft.command || draft.form) return;
    const commands = await offeredCommands(this.app);
    if (!commands.length || draft !== this.composer.draft || draft.form || !draft.command) return;
    const { name, values } = draft.command;
    const command = commands.find((each) => each.name === name);
    if (command) this.open(command, values);
    else draft.command = null;
  }
}
