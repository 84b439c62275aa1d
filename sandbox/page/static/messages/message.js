// One message as an element: author, time, the message it replies to, its text and attachments, and its buttons.

import { avatar, h, icon } from "../dom.js";
import { openMenu } from "../menu.js";
import { hrefOf } from "./links.js";
import { menuEntries } from "./menu_entries.js";
import { drawLinked } from "../pictures.js";
import { drawOpener } from "../what_happened/what_happened.js";
import { drawPreview } from "./preview.js";
import { drawComponents, drawEmbeds, drawFiles } from "./rich.js";
import { drawText, isOfEmoji } from "./text.js";
import { drawThreadLink } from "../threads/threads.js";

const TOGETHER = 7 * 60_000;

/** Whether a message follows the one before it closely enough to need no header of its own. */
export function continues(message, before) {
  if (!before || message.reply || message.command || message.system || before.ephemeral !== message.ephemeral) return false;
  return before.author.id === message.author.id && Date.parse(message.time) - Date.parse(before.time) < TOGETHER;
}

/** Draw a message; `compact` leaves out its header. */
export function drawMessage(message, compact, app) {
  const head = `head-${message.id}`;
  const kinds = ["message", compact && "compact", message.mentions_me && "mentions-me", message.ephemeral && "ephemeral"];
  return h(
    "li",
    { id: `message-${message.id}`, class: kinds.filter(Boolean).join(" "), "aria-labelledby": head },
    message.reply && drawReply(message, app),
    message.command && drawCommand(message.command),
    avatar(message.author.id, message.author.name, compact ? "absent" : ""),
    h(
      "div",
      { class: "body" },
      h("div", { class: "headline" }, h("p", { class: compact ? "head unseen" : "head", id: head }, drawHead(message)), !compact && message.author.bot && drawOpener(message, app)),
      drawContent(message, app),
      message.ephemeral && drawEphemeralNote(message, app),
      drawThreadLink(message, app),
    ),
    drawActions(message, app),
  );
}

function drawHead({ author, time }) {
  const date = new Date(time);
  const today = date.toDateString() === new Date().toDateString();
  const shown = today ? date.toLocaleTimeString([], { timeStyle: "short" }) : date.toLocaleString([], { dateStyle: "short", timeStyle: "short" });
  return [
    h("strong", { class: "author" }, author.name),
    author.bot && h("span", { class: "tag" }, "BOT"),
    " ",
    h("time", { datetime: time, title: date.toLocaleString() }, shown),
  ];
}

function drawContent(message, app) {
  if (message.thinking) {
    return h("p", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${message.author.name} is thinking…`);
  }
  if (app.editor.id === message.id) return app.editor.draw(message);
  return [
    message.content && drawWords(message, app),
    drawFiles(message.files),
    drawEmbeds(message.embeds, message.files, app.state),
    drawComponents(message.components, message, app),
  ];
}

function drawWords(message, app) {
  const text = drawText(message.content, app.state);
  text.classList.toggle("large", isOfEmoji(message.content));
  const last = text.lastElementChild?.localName === "p" ? text.lastElementChild : text;
  if (message.edited) last.append(h("span", { class: "edited" }, "(edited)"));
  return h("div", { class: "content" }, text, drawLinked(text));
}

function drawReply({ channel, reply }, app) {
  const { id, author } = reply;
  if (!id) return h("p", { class: "above" }, h("em", {}, "Original message was deleted."));
  const href = hrefOf({ channel, message: id }, app.state);
  return h("p", { class: "above" }, icon("reply"), h("a", { href }, h("strong", {}, author), " ", drawPreview(reply, app.state)));
}

function drawCommand({ user, name }) {
  return h("p", { class: "above" }, icon("reply"), h("span", {}, h("strong", {}, user), " used ", h("span", { class: "mention" }, name)));
}

function drawEphemeralNote(message, app) {
  const dismiss = h("button", { class: "quiet", type: "button", on: { click: () => app.state.dismiss(message.id) } }, "Dismiss message");
  return h("p", { class: "only-you" }, "Only you can see this • ", dismiss);
}

function drawActions(message, app) {
  if (message.thinking || message.system) return null;
  const ofAuthor = `message from ${message.author.name}`;
  const more = async ({ currentTarget: button }) => openMenu(button, await menuEntries(message, app));
  return h(
    "div",
    { class: "actions" },
    !message.ephemeral && h("button", { type: "button", "data-key": "reply", "aria-label": `Reply to ${ofAuthor}`, title: "Reply", on: { click: () => app.reply(message) } }, icon("reply")),
    h(
      "button",
      { type: "button", "data-key": "more", "aria-label": `More for ${ofAuthor}`, "aria-haspopup": "menu", "aria-expanded": "false", title: "More", on: { click: more } },
      icon("dots"),
    ),
  );
}
