// What is shown below a message's text: files, embeds, buttons and menus.

import { h, icon } from "../dom.js";
import { drawPicture, ownPicture } from "../pictures.js";
import { drawLink, linkTo } from "./links.js";
import { drawLine, drawText } from "./text.js";

const ROW = 1, BUTTON = 2, STRING_MENU = 3, SECTION = 9, TEXT = 10, SEPARATOR = 14, CONTAINER = 17;
const MENTIONABLE_MENU = 7;
const LINK_STYLE = 5;
const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary" };

/** Draw attached files: pictures inline, others as downloads. */
export function drawFiles(files) {
  return files.map((file) => {
    if (/^image\/(png|jpeg|gif|webp)$/.test(file.type)) {
      return drawPicture(file.url, file.description || file.name);
    }
    const size = file.size < 1024 ? `${file.size} bytes` : `${(file.size / 1024).toFixed(1)} KB`;
    return h("a", { class: "file", href: file.url, download: file.name }, icon("file"), h("span", {}, file.name), h("small", {}, size));
  });
}

/** Draw embeds; pictures of other sites are shown as links, because the page loads nothing from there. */
export function drawEmbeds(embeds, files, state) {
  return embeds.map((embed) => {
    const box = h(
      "div",
      { class: "embed" },
      embed.author && h("p", { class: "embed-author" }, embed.author.url ? drawLink(embed.author.url, state, embed.author.name) : embed.author.name),
      embed.title && h("p", { class: "embed-title" }, embed.url ? drawLink(embed.url, state, drawLine(embed.title, state)) : drawLine(embed.title, state)),
      embed.description && drawText(embed.description, state),
      embed.fields?.length > 0 && h("dl", {}, embed.fields.map((field) => drawField(field, state))),
      embed.image && drawEmbedPicture(embed.image, "Picture", embed, files, state),
      embed.thumbnail && drawEmbedPicture(embed.thumbnail, "Thumbnail", embed, files, state),
      (embed.footer || embed.timestamp) && h("p", { class: "embed-footer" }, drawFooter(embed)),
    );
    if (embed.color) box.style.borderInlineStartColor = `#${embed.color.toString(16).padStart(6, "0")}`;
    return box;
  });
}

function drawField(field, state) {
  const inline = field.inline ? "inline" : null;
  return h("div", { class: inline }, h("dt", {}, drawLine(field.name, state)), h("dd", {}, drawText(field.value, state)));
}

function drawEmbedPicture({ url }, what, { title }, files, state) {
  const attached = files.find((file) => url === `attachment://${file.name}`);
  const own = attached?.url ?? ownPicture(url);
  if (own) return drawPicture(own, title || what);
  return h("p", { class: "far-picture" }, icon("file"), drawLink(url, state, `${what}: ${fileName(url) || url}`));
}

function fileName(address) {
  try {
    return decodeURIComponent(new URL(address).pathname.split("/").at(-1));
  } catch {
    return address; // no address, or escapes that are none
  }
}

function drawFooter({ footer, timestamp }) {
  const time = timestamp ? new Date(timestamp).toLocaleString() : null;
  return [footer?.text, time].filter(Boolean).join(" • ");
}

/** Draw buttons, menus and the newer layout kinds; `app.use` does what is chosen. */
export function drawComponents(components, message, app) {
  return components.map((component) => drawComponent(component, message, app));
}

function drawComponent(component, message, app) {
  const all = (parts) => (parts ?? []).map((part) => drawComponent(part, message, app));
  switch (component.type) {
    case ROW:
      return h("div", { class: "row" }, pagers(component.components).map((part) => (Array.isArray(part) ? h("div", { class: "pager" }, all(part)) : all([part]))));
    case BUTTON:
      return drawButton(component, message, app);
    case SECTION:
      return h("div", { class: "section" }, h("div", {}, all(component.components)), all(component.accessory ? [component.accessory] : []));
    case TEXT:
      return drawText(component.content, app.state);
    case SEPARATOR:
      return h("hr");
    case CONTAINER:
      return h("div", { class: "embed" }, all(component.components));
    default:
      return component.custom_id ? drawMenu(component, message, app) : h("p", { class: "small-print" }, "(something that this page cannot draw)");
  }
}

/** Return a row's parts, with the buttons from ◀ to ▶ as one: they stay in one line. */
function pagers(buttons) {
  const [first, last] = ["◀", "▶"].map((arrow) => buttons.findIndex((button) => button.label === arrow));
  if (first < 0 || last < first) return buttons;
  return [...buttons.slice(0, first), buttons.slice(first, last + 1), ...buttons.slice(last + 1)];
}

function drawButton(button, message, app) {
  const label = [button.emoji?.name, button.label].filter(Boolean).join(" ");
  if (button.style === LINK_STYLE) {
    const attributes = linkTo(button.url, app.state);
    return h("a", { class: "button secondary", ...attributes }, label, attributes.target && h("span", { "aria-hidden": "true" }, " ↗"));
  }
  const press = () => app.use("press", { channel: message.channel, message: message.id, button: button.custom_id });
  const style = BUTTON_STYLES[button.style] ?? "secondary";
  return h("button", { class: `button ${style}`, type: "button", disabled: button.disabled, "data-key": button.custom_id, on: { click: press } }, label);
}

/** Return what a menu offers, as value and label; accounts, roles and channels by their ids. */
export function menuChoices(menu, state) {
  if (menu.options) return menu.options.map((option) => [option.value, optionText(option), option.default]);
  const members = state.members.map((member) => [member.id, `@${member.name}`]);
  const roles = (state.guild?.roles ?? []).map((role) => [role.id, `@${role.name}`]);
  const channels = (state.guild?.channels ?? []).map((channel) => [channel.id, `#${channel.name}`]);
  return { 5: members, 6: roles, [MENTIONABLE_MENU]: [...members, ...roles], 8: channels }[menu.type] ?? [];
}

/** A browser's menu has one line for an option: its emoji, its label and what it is about. */
function optionText({ emoji, label, description }) {
  const named = [emoji?.name, label].filter(Boolean).join(" ");
  return description ? `${named} – ${description}` : named;
}

function drawMenu(menu, message, app) {
  const many = (menu.max_values ?? 1) > 1;
  const name = menu.placeholder || "Make a selection";
  const choices = menuChoices(menu, app.state);
  const choose = () => {
    const values = [...select.selectedOptions].map((option) => option.value).filter(Boolean);
    app.use("choose", { channel: message.channel, message: message.id, menu: menu.custom_id, values, texts: menu.type === STRING_MENU });
  };
  const select = h(
    "select",
    { "aria-label": name, multiple: many, disabled: menu.disabled, "data-key": menu.custom_id, on: many ? {} : { change: choose } },
    !many && h("option", { value: "" }, name),
    choices.map(([value, label, chosen]) => h("option", { value, selected: chosen }, label)),
  );
  return h("div", { class: "menu" }, select, many && h("button", { class: "button primary", type: "button", on: { click: choose } }, "Choose"));
}
