// A form that the bot opened (a modal): a dialog that keeps the focus, and is sent or cancelled.

import { h, icon } from "../dom.js";
import { Refused } from "../link.js";
import { menuChoices } from "../messages/rich.js";
import { drawText } from "../messages/text.js";
import { readFile } from "./files.js";
import { limit } from "./length.js";

const ROW = 1, TEXT_INPUT = 4, TEXT = 10, LABEL = 18, UPLOAD = 19, CHECKBOX_GROUP = 22, CHECKBOX = 23;
const PARAGRAPH = 2;
const MAX_TEXT = 4000;

/** Open the form of an interaction; `app.link` sends what is filled in. */
export function openForm({ id: interaction, modal, app: from }, app) {
  const fields = [];
  const parts = modal.components.map((top) => drawPart(top, fields, app));
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    try {
      const values = await Promise.all(fields.map(async ([id, input]) => [id, await valueOf(input)]));
      await app.finish("submit", { interaction, fields: Object.fromEntries(values.filter(([, value]) => value !== undefined)) });
      dialog.close();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem.textContent = error.message;
    }
  };
  const cancel = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: "modal", "aria-labelledby": "form-title", on: { close: () => dialog.remove() } },
    h(
      "form",
      { on: { submit } },
      h("header", {}, h("h2", { id: "form-title" }, modal.title), h("small", {}, from), h("button", { type: "button", "aria-label": "Close the form", on: { click: cancel } }, icon("close"))),
      parts,
      problem,
      h("footer", {}, h("button", { class: "button secondary", type: "button", on: { click: cancel } }, "Cancel"), h("button", { class: "button primary", type: "submit" }, "Submit")),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  (fields[0]?.[1] ?? dialog).focus();
}

function drawPart(top, fields, app) {
  if (top.type === TEXT) return drawText(top.content, app.state);
  const field = top.type === ROW ? top.components[0] : top.type === LABEL ? top.component : top;
  const id = `form-${fields.length}`;
  const input = drawInput(field, id, app);
  fields.push([field.custom_id, input]);
  const required = field.required === false ? null : h("span", { class: "required" }, "required");
  const about = top.description && h("small", { id: `${id}-about` }, top.description);
  const length = field.type === TEXT_INPUT ? limit(input, { min: field.min_length, max: field.max_length ?? MAX_TEXT }) : null;
  return h("div", { class: "field" }, h("label", { for: id }, top.label ?? field.label ?? field.placeholder, required), about, input, length);
}

/** Return what is in a field as requests carry it, undefined if nothing is chosen. */
async function valueOf(input) {
  if (input.type === "checkbox") return input.checked;
  if (input.type === "file") return input.files.length ? Promise.all([...input.files].map(readFile)) : undefined;
  if (input.localName !== "select") return input.value;
  const chosen = [...input.selectedOptions].map((option) => option.value).filter(Boolean);
  return chosen.length ? chosen : undefined;
}

function drawInput(field, id, app) {
  const required = field.required !== false;
  if (field.type === CHECKBOX) return h("input", { id, type: "checkbox", checked: field.default });
  const most = field.max_values ?? (field.type === CHECKBOX_GROUP ? field.options.length : 1);
  if (field.type === UPLOAD) return h("input", { id, type: "file", required, multiple: most > 1 });
  if (field.type !== TEXT_INPUT) {
    const choices = menuChoices(field, app.state).map(([value, label, selected]) => h("option", { value, selected }, label));
    const nothing = most > 1 ? null : h("option", { value: "" }, field.placeholder ?? "Choose…");
    return h("select", { id, required, multiple: most > 1 }, nothing, choices);
  }
  const shared = { id, required, value: field.value ?? "", placeholder: field.placeholder };
  return field.style === PARAGRAPH ? h("textarea", { ...shared, rows: "4" }) : h("input", { ...shared, type: "text" });
}
