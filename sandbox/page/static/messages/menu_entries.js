// What can be done with a message, as entries of its menu.

import { writeLink } from "../address.js";
import { startThread } from "../threads/threads.js";

/** Return the entries: the apps' commands, each with its app's name, and what the person may do. */
export async function menuEntries(message, app) {
  const { state } = app;
  const { id, channel } = message;
  const target = { channel, message: id };
  const menus = message.ephemeral ? null : await app.request("menus", { channel });
  const copy = (text) => navigator.clipboard.writeText(text).catch(() => app.notice("Couldn't copy that."));
  const use = ({ name, bot }) => ({ label: `Apps: ${name}`, about: state.userName(bot), run: () => app.use("use-menu", { ...target, command: name }) });
  return [
    !message.ephemeral && { label: "Reply", run: () => app.reply(message) },
    ...(menus?.commands ?? []).map(use),
    message.may_start_thread && { label: "Create thread", run: () => startThread(message, app) },
    { label: "Copy text", run: () => copy(message.content) },
    !message.ephemeral && { label: "Copy message link", run: () => copy(writeLink({ server: state.serverOf(channel), ...target })) },
    message.author.bot && { label: "What happened (sandbox)", run: () => app.whatHappened.show(message) },
    message.mine && { label: "Edit", run: () => app.editor.start(message) },
    message.may_delete && { label: "Delete", danger: true, run: () => app.request("delete", target) },
  ].filter(Boolean);
}
